"""How good each version's answers were about films that it can't have learnt from."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial

from cinecote.asked import AskedFilm
from cinecote.films import Category, Thresholds
from cinecote_api.measuring.live_films import FoundFilm, NewFilms, judged_at, meant_films, new_films
from cinecote_api.measuring.live_versions import LiveVersion, Rejoined, by_version
from cinecote_api.measuring.patient_reader import PatientReader
from cinecote_api.models.served_model import ServedModel

DAYS = 180.0
"""The longest that answers are kept."""

_MOST_ANSWERS = 5_000
_ANSWERS_A_READING = 50


@dataclass(frozen=True, slots=True)
class MeasuredLive:
    """The champion and every other version of which an answer may be about a new film, and when this was measured."""

    model: ServedModel
    minimum_votes: int
    versions: tuple[LiveVersion, ...]
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


class LiveMeasure:
    """Finds the films again that were asked about, and scores the answers by their votes of today."""

    def __init__(self, reader: PatientReader, minimum_votes: int) -> None:
        self._reader = reader
        self._minimum_votes = minimum_votes

    async def __call__(self, model: ServedModel) -> MeasuredLive:
        """The live figures of the versions of `model`; DatabaseAway where they can't be read."""
        judged = await self._reader.read(partial(judged_at, model=model.name))
        since = {version: at.date() for version, at in judged.items()} | {
            model.version: model.manifest.trained_at.date()
        }
        answers = await self._rejoined(model.name, since)
        thresholds = Thresholds(model.manifest.thresholds.moyen, model.manifest.thresholds.bien)

        def category_of(film: FoundFilm) -> Category | None:
            return thresholds.category_by_votes(film.vote_average, film.vote_count, self._minimum_votes)

        versions = await asyncio.to_thread(by_version, answers, model.version, since, category_of)
        return MeasuredLive(model, self._minimum_votes, versions)

    async def _rejoined(self, name: str, since: Mapping[str, date]) -> list[Rejoined]:
        """The answers that may be about a film of after the oldest version, each with its film."""
        new = await self._reader.read(partial(new_films, after=min(since.values())))
        lately = await self._reader.asked(name, DAYS)
        asked = await asyncio.to_thread(_about_new_films, lately, since, new)
        found: list[FoundFilm | None] = []
        for start in range(0, len(asked), _ANSWERS_A_READING):
            found += await self._reader.read(partial(meant_films, asked=asked[start : start + _ANSWERS_A_READING]))
        return list(map(Rejoined, asked, found))


def _about_new_films(asked: Iterable[AskedFilm], since: Mapping[str, date], new: NewFilms) -> Sequence[AskedFilm]:
    """Of each version's answers to the same inputs the first one, _MOST_ANSWERS at most."""
    first: dict[tuple[object, ...], AskedFilm] = {}
    for film in sorted(asked, key=lambda film: film.at):
        if film.version in since and new.may_be(film):
            first.setdefault((film.version, film.inputs), film)
    return list(first.values())[:_MOST_ANSWERS]
