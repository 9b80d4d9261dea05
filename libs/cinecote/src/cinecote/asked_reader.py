"""What was asked of the models lately, sampled from the predictions' log by statements that are small each."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Connection, func, select

from cinecote.asked import MOST_OF_AN_ANSWER, AskedFilm, films_of
from cinecote.database import now
from cinecote.tables import predictions

_RANGES = 40
_ANSWERS_A_RANGE = 500
_FILMS_A_RANGE = 1_000

Ids = range


def newest(connection: Connection, days: float) -> list[Ids]:
    """Ranges of the log's ids in the last `days`: all of them, or 40 of 500 ids each, evenly spread."""
    since = now() - timedelta(days=days)
    # By the index on `at`: the first of a large log is found without a look at the others.
    found = select(predictions.c.id).where(predictions.c.at >= since).order_by(predictions.c.at, predictions.c.id)
    first = connection.scalar(found.limit(1))
    if first is None:
        return []
    last: int = connection.scalar(select(func.max(predictions.c.id))) or first
    count = -(-(last + 1 - first) // _ANSWERS_A_RANGE)
    if count <= _RANGES:
        starts: Sequence[int] = range(first, last + 1, _ANSWERS_A_RANGE)
    else:
        step = (last + 1 - first - _ANSWERS_A_RANGE) / (_RANGES - 1)
        starts = [first + int(place * step) for place in range(_RANGES)]
    return [range(start, start + _ANSWERS_A_RANGE) for start in starts]


def asked_films(connection: Connection, model: str, ids: Ids) -> list[AskedFilm]:
    """Some thousand films at most that `model` was asked about, from the answers with these ids."""
    columns = predictions.c
    within = (columns.id >= ids.start, columns.id < ids.stop, columns.model == model)
    # The films of an answer may be megabytes, so how many there are is asked before them.
    chosen: list[int] = []
    films = 0
    for number, held in connection.execute(select(columns.id, columns.films).where(*within).order_by(columns.id)):
        if films < _FILMS_A_RANGE:
            chosen.append(number)
            films += min(held, MOST_OF_AN_ANSWER)
    wanted = select(columns.at, columns.version, columns.inputs, columns.probabilities)
    rows = connection.execute(wanted.where(columns.id.in_(chosen))) if chosen else ()
    return [film for at, version, inputs, answered in rows for film in films_of(at, version, inputs, answered)]
