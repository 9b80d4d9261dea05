"""The films that a version has no scores of yet, and the scores that it gives them, in the database."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import ColumnElement, Connection, Engine, and_, delete, extract, func, or_, select

from cinecote.bulk import BulkWriter
from cinecote.database import now
from cinecote.features import ACCEPTED, RELEASE_YEAR, Input
from cinecote.films import CATEGORIES
from cinecote.tables import film_scores, films
from cinecote_train.arrays import Floats

PARTITION = 20_000
"""Ids in a partition: what is read, scored and written at once, whatever the table's size."""

_ROW = ("film_id", "model", "version", "category", "probabilities", "content_hash", "scored_at")
_IDS_A_STATEMENT = 1_000


@dataclass(frozen=True)
class Unscored:
    """Some of a partition's `stored` films; `inputs` is [n, 5] in the order of ACCEPTED, NaN where unknown."""

    ids: Sequence[int]
    content_hashes: Sequence[str]
    inputs: Floats
    stored: int


@dataclass(frozen=True)
class ScoredBy:
    """Whose scores they are: a version of a model."""

    model: str
    version: str


def partitions(engine: Engine) -> Iterator[range]:
    """Ranges of PARTITION ids at most that hold every film which is stored now."""
    last, end = 0, highest_id(engine)
    while last < end:
        # Each begins at a film, so that ids which no film has any more cost nothing.
        with engine.connect() as connection:
            first = connection.scalar(select(func.min(films.c.id)).where(films.c.id > last))
        if first is None or first > end:
            return
        last = min(first + PARTITION - 1, end)
        yield range(first, last + 1)


def highest_id(engine: Engine) -> int:
    """The id of the newest film, 0 where there is none."""
    with engine.connect() as connection:
        return connection.scalar(select(func.max(films.c.id))) or 0


def read_unscored(connection: Connection, ids: range, by: ScoredBy) -> Unscored:
    """The films with these ids that `by` has no score of, or one of what they were before."""
    within = films.c.id.between(ids.start, ids.stop - 1)
    same_film = and_(film_scores.c.film_id == films.c.id, film_scores.c.model == by.model)
    outdated = or_(
        film_scores.c.film_id.is_(None),
        film_scores.c.version != by.version,
        film_scores.c.content_hash != films.c.content_hash,
    )
    wanted = select(films.c.id, films.c.content_hash, *map(_column, ACCEPTED))
    wanted = wanted.outerjoin_from(films, film_scores, same_film).where(within, outdated)
    rows = connection.execute(wanted.order_by(films.c.id)).all()
    return Unscored(
        ids=[row[0] for row in rows],
        content_hashes=[row[1] for row in rows],
        inputs=np.array([row[2:] for row in rows], dtype=np.float64).reshape(-1, len(ACCEPTED)),
        stored=connection.scalar(select(func.count()).select_from(films).where(within)) or 0,
    )


def write_scores(connection: Connection, scored: Mapping[int, str], probabilities: Floats, by: ScoredBy) -> None:
    """Keep `probabilities` [n, categories] as the scores of films, whose content hashes are by their ids."""
    moment = now()
    answers = zip(scored.items(), probabilities.argmax(axis=1).tolist(), probabilities.tolist(), strict=True)
    # argmax takes the first of equal ones, as the api does.
    rows = [
        (film_id, by.model, by.version, CATEGORIES[place], tuple(row), content_hash, moment)
        for (film_id, content_hash), place, row in answers
    ]
    BulkWriter(film_scores, connection.dialect, _ROW, _ROW[2:]).write(connection, rows)


def forget_scores(connection: Connection, ids: Sequence[int], model: str) -> None:
    """Remove what the model once said of these films."""
    for first in range(0, len(ids), _IDS_A_STATEMENT):
        some = film_scores.c.film_id.in_(ids[first : first + _IDS_A_STATEMENT])
        connection.execute(delete(film_scores).where(some, film_scores.c.model == model))


def _column(accepted: Input) -> ColumnElement[int]:
    if accepted == RELEASE_YEAR:
        return extract("year", films.c.release_date)
    return films.c[accepted.name]
