"""The films that were asked about, found again by what was said of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import combinations
from typing import Any

from sqlalchemy import Connection, extract, func, or_, select

from cinecote.asked import AskedFilm
from cinecote.features import BUDGET, RELEASE_YEAR, REVENUE, RUNTIME
from cinecote.films import film_identity
from cinecote.tables import films, promotions

_MOST_NEW_FILMS = 20_000
_MOST_ALIKE = 50

FIXED = (BUDGET.name, RUNTIME.name, REVENUE.name)
"""Facts that say which film is meant; its votes go on growing."""

_FACTS = (*FIXED, "release_date")

Key = tuple[tuple[str, float], tuple[str, float]]


@dataclass(frozen=True, slots=True)
class FoundFilm:
    """The one film that was meant, as it is known today."""

    id: int
    release_date: date | None
    vote_count: int | None
    vote_average: float | None


class NewFilms:
    """The films released after a day, by each pair of FIXED facts."""

    def __init__(self, rows: Iterable[Sequence[Any]]) -> None:
        """`rows` have the FIXED facts and the release date."""
        self._by_pair: defaultdict[Key, list[Mapping[str, float | None]]] = defaultdict(list)
        for *facts, released in rows:
            film: dict[str, float | None] = dict(zip(FIXED, facts, strict=True)) | {RELEASE_YEAR.name: released.year}
            for key in _keys(film):
                self._by_pair[key].append(film)

    def may_be(self, asked: AskedFilm) -> bool:
        """Whether one of them is as it was said; False where less than two FIXED facts were said."""
        said = {name: asked.value(name) for name in (*FIXED, RELEASE_YEAR.name)}
        known = {name: value for name, value in said.items() if value is not None}
        keys = _keys(said)
        alike = self._by_pair.get(keys[0], ()) if keys else ()
        return any(all(film[name] == value for name, value in known.items()) for film in alike)


def judged_at(connection: Connection, model: str) -> dict[str, datetime]:
    """By version, the first moment that the ledger names it at: it was trained before."""
    first = select(promotions.c.version, func.min(promotions.c.at)).where(promotions.c.model == model)
    return dict(connection.execute(first.group_by(promotions.c.version)).all())


def new_films(connection: Connection, after: date) -> NewFilms:
    """The films released after a day of which some money is known, the 20,000 newest at most."""
    told = or_(films.c.budget.is_not(None), films.c.revenue.is_not(None))
    wanted = select(*(films.c[name] for name in _FACTS)).where(films.c.release_date > after, told)
    return NewFilms(connection.execute(wanted.order_by(films.c.release_date.desc()).limit(_MOST_NEW_FILMS)))


def meant_films(connection: Connection, asked: Sequence[AskedFilm]) -> list[FoundFilm | None]:
    """For each, the one film of all those stored that is as it was said, None where several are.

    Entries of one title and year are one film, and the one with most votes speaks for it.
    """
    return [_meant(connection, film) for film in asked]


def _meant(connection: Connection, asked: AskedFilm) -> FoundFilm | None:
    said = [(films.c[name], asked.value(name)) for name in FIXED]
    conditions = [column == int(value) for column, value in said if value is not None]
    if (year := asked.value(RELEASE_YEAR.name)) is not None:
        conditions.append(extract("year", films.c.release_date) == int(year))
    columns = [films.c[name] for name in ("id", "title", "release_date", "vote_count", "vote_average")]
    rows = connection.execute(select(*columns).where(*conditions).limit(_MOST_ALIKE)).all()
    identities = {film_identity(row.title, row.release_date.year if row.release_date else None) for row in rows}
    if len(identities) != 1:
        return None
    chosen = max(rows, key=lambda row: (row.vote_count or 0, -row.id))
    return FoundFilm(chosen.id, chosen.release_date, chosen.vote_count, chosen.vote_average)


def _keys(film: Mapping[str, float | None]) -> list[Key]:
    """What a film is found by: each two of its FIXED facts."""
    known = [(name, value) for name in FIXED if (value := film[name]) is not None]
    return list(combinations(known, 2))
