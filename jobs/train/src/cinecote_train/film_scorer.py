"""A version of a model that scores stored films, a partition at a time, wherever that is done."""

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from sqlalchemy import Engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError, OperationalError

from cinecote.exits import CommandError
from cinecote.features import ACCEPTED
from cinecote.films import CATEGORIES
from cinecote.models import FilmModel
from cinecote.settings import DatabaseSettings, read_settings
from cinecote_train.access import open_database
from cinecote_train.arrays import Floats
from cinecote_train.asked_films import as_asked, askable
from cinecote_train.film_scores import ScoredBy, forget_scores, read_unscored, write_scores
from cinecote_train.stored import StoredModel

_TRIES = 3
_PLACES = {accepted.name: place for place, accepted in enumerate(ACCEPTED)}


class Scored(NamedTuple):
    """A partition, and how many of its films there were of each kind."""

    ids: range
    counts: Counter[str]


@dataclass(frozen=True)
class FilmScorer:
    """Scores the films of `database`, an address without its password.

    Whoever scores has the password where the command has it, in an environment of its own.
    """

    model: FilmModel
    version: str
    stored: StoredModel
    database: str

    def score(self, ids: range) -> Scored:
        """Score the films with these ids that aren't yet, or not as they are now.

        What this writes is whole or not there, and done again it finds what is there. CommandError where the database
        or the graph fails.
        """
        with open_database(self._url()) as engine:
            for _ in range(_TRIES - 1):
                # A film was deleted after it was read, or another transaction stood in the way.
                with suppress(IntegrityError, OperationalError):
                    return Scored(ids, self._score(engine, ids))
            return Scored(ids, self._score(engine, ids))

    def _url(self) -> str:
        url = read_settings(DatabaseSettings).database_url.get_secret_value()
        if without_password(url) != self.database:
            raise CommandError("a worker's DATABASE_URL names another database than the command's")
        return url

    def _score(self, engine: Engine, ids: range) -> Counter[str]:
        by = ScoredBy(self.model.name, self.version)
        with engine.connect() as connection:
            found = read_unscored(connection, ids, by)
        asked = as_asked(found.inputs)
        known = askable(asked, ACCEPTED, self.model)
        films = dict(zip(found.ids, found.content_hashes, strict=True))
        answered = dict(item for item, it_is in zip(films.items(), known.tolist(), strict=True) if it_is)
        unasked = sorted(films.keys() - answered.keys())
        answers = self._answers(asked[known])
        # In a transaction that begins by writing: on SQLite, one that has read can't wait for another one's end.
        with engine.begin() as connection:
            write_scores(connection, answered, answers, by)
            forget_scores(connection, unasked, by.model)
        return Counter(
            films=found.stored, scored=len(answered), unchanged=found.stored - len(films), unaskable=len(unasked)
        )

    def _answers(self, asked: Floats) -> Floats:
        if not len(asked):
            return np.empty((0, len(CATEGORIES)))
        columns = [_PLACES[name] for name in self.stored.manifest.inputs]
        answers = self.stored.graph.probabilities(asked[:, columns])
        if np.isnan(answers).any():
            raise CommandError(f"version {self.version} of {self.model.name} answers with NaN")
        return answers


def without_password(url: str) -> str:
    """A database's address as it may be shown and sent."""
    return make_url(url).render_as_string()
