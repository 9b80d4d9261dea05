"""Films out of the database."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date
from typing import Any

from sqlalchemy import Connection, Row, Select, func, or_, select

from cinecote.films import Thresholds
from cinecote.settings import LabelSettings
from cinecote.tables import films
from cinecote_api.cursor import Cursor, read_cursor, write_cursor
from cinecote_api.film_filters import conditions
from cinecote_api.film_query import FilmQuery

COUNTED_FILMS = 10_000

_SHOWN = tuple(
    films.c[name]
    for name in (
        "id", "title", "release_date", "revenue", "budget", "runtime", "vote_count", "vote_average",
        "genres", "source", "fetched_at",
    )
)  # fmt: skip
_LARGEST_ID = 2**63 - 1
_KINDS: dict[str, type[date] | type[float] | type[int] | type[str]] = {
    "title": str,
    "release_date": date,
    "vote_average": float,
}


@dataclass(frozen=True, slots=True)
class FilmShelf:
    """Reads films as the API shows them; a film's category is of `labels`."""

    labels: LabelSettings

    def film(self, connection: Connection, film_id: int) -> dict[str, Any] | None:
        """The film with this id, None where there is none."""
        if not 0 < film_id <= _LARGEST_ID:
            return None
        row = connection.execute(select(*_SHOWN).where(films.c.id == film_id)).one_or_none()
        return None if row is None else self._shown(row)

    def films(self, connection: Connection, ids: Collection[int]) -> dict[int, dict[str, Any]]:
        """The films with these ids, by id; those that there aren't are left out."""
        rows = connection.execute(select(*_SHOWN).where(films.c.id.in_(ids)))
        return {row.id: self._shown(row) for row in rows}

    def page(self, connection: Connection, query: FilmQuery) -> dict[str, Any]:
        """A page of films as `{"films", "next"}`, with `total` where asked for; InvalidCursor where it has none."""
        after = None
        if query.cursor is not None:
            after = read_cursor(query.cursor, query.digest(), _KINDS.get(query.sort_name, int))
        matching = select(*_SHOWN).where(*conditions(query, self.labels))
        rows = _after(connection, matching, query, after)
        page: dict[str, Any] = {"films": [self._shown(row) for row in rows[: query.limit]], "next": None}
        if len(rows) > query.limit:
            last = rows[query.limit - 1]
            page["next"] = write_cursor(Cursor(getattr(last, query.sort_name), last.id), query.digest())
        if query.count:
            counted = select(films.c.id).where(*conditions(query, self.labels)).limit(COUNTED_FILMS + 1)
            total = connection.scalar(select(func.count()).select_from(counted.subquery())) or 0
            page |= {"total": min(total, COUNTED_FILMS), "total_is_lower_bound": total > COUNTED_FILMS}
        return page

    def _shown(self, row: Row[Any]) -> dict[str, Any]:
        film = dict(row._mapping)
        counted = row.vote_average is not None and (row.vote_count or 0) >= self.labels.minimum_votes
        thresholds = Thresholds(self.labels.threshold_moyen, self.labels.threshold_bien)
        film["category"] = thresholds.category(row.vote_average) if counted else None
        film["fetched_at"] = row.fetched_at.replace(tzinfo=UTC)
        return film


def _after(connection: Connection, matching: Select[Any], query: FilmQuery, after: Cursor | None) -> list[Row[Any]]:
    """The films behind `after`, one more than the page's limit: first those with a value to sort by, then the rest.

    Two statements, since one that puts unknown values last can't follow an index.
    """
    column = films.c[query.sort_name]
    wanted = query.limit + 1
    rows: list[Row[Any]] = []
    if after is None or after.value is not None:
        order = column.desc() if query.falling else column.asc()
        known = matching.where(column.is_not(None)).order_by(order, films.c.id)
        if after is not None:
            # Said as a range and a rest of it, which lets an index begin where the page does.
            within = column <= after.value if query.falling else column >= after.value
            known = known.where(within, or_(column != after.value, films.c.id > after.film_id))
        rows += connection.execute(known.limit(wanted)).all()
    if len(rows) < wanted and column.nullable:
        unknown = matching.where(column.is_(None)).order_by(films.c.id)
        if after is not None and after.value is None:
            unknown = unknown.where(films.c.id > after.film_id)
        rows += connection.execute(unknown.limit(wanted - len(rows))).all()
    return rows
