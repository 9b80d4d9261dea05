"""Which films a page has, and how many there are: by the way that costs least."""

from typing import Any

from sqlalchemy import Connection, Select, func, select

from cinecote.tables import films
from cinecote_api.films.cursor import Cursor
from cinecote_api.films.filters import FilmFilters
from cinecote_api.films.gathering import gathered, on, short_way
from cinecote_api.films.query import FilmQuery
from cinecote_api.films.walk import Walk


def page_keys(connection: Connection, filters: FilmFilters, query: FilmQuery, after: Cursor | None) -> list[Cursor]:
    """The keys of the films behind `after`, one more than the page's limit where there are more."""
    if filters.words is None:
        return []
    wanted = query.limit + 1
    way = short_way(connection, filters, query.sort_name)
    if way is not None:
        return gathered(connection, filters, way, (query.sort_name, query.falling), after, wanted)
    return Walk(connection, filters, query.sort_name, query.falling).keys(after, wanted)


def count_films(connection: Connection, filters: FilmFilters, most: int) -> int:
    """How many films meet `filters`, counted up to `most`."""
    if filters.words is None:
        return 0
    way = short_way(connection, filters)
    counted = _ids(filters) if way is None else on(way).where(*filters.conditions(way.column, way.word))
    counted = counted.add_columns(films.c.id).limit(most)
    return connection.scalar(select(func.count()).select_from(counted.subquery())) or 0


def _ids(filters: FilmFilters) -> Select[Any]:
    # By an index that has all they are filtered by, or by the source's.
    column = next(iter(filters.ranges), "source" if filters.source is not None else "vote_count")
    index = "uq_films_source_source_id" if column == "source" else f"ix_films_by_{column}"
    return select().where(*filters.conditions(column)).with_hint(films, f"FORCE INDEX ({index})", "mysql")
