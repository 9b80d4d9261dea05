"""The keys of a page of films, by walking the index of its order from where the page begins."""

from itertools import chain, groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from cinecote.tables import films
from cinecote_api.films.cursor import Cursor
from cinecote_api.films.filters import FilmFilters, Range, lowest


class Walk:
    """Walks the films that meet `filters` by the column `name`, known values first, ties by rising id."""

    def __init__(self, connection: Connection, filters: FilmFilters, name: str, falling: bool) -> None:
        self._connection = connection
        self._column = films.c[name]
        self._falling = falling
        self._known = filters.ranges.get(name) or Range(lowest(name))
        self._with_unknown = bool(self._column.nullable) and name not in filters.ranges
        # Each statement says which part of the order it walks, so what is asked of the column isn't asked again.
        others = {other: wanted for other, wanted in filters.ranges.items() if other != name}
        self._keys = (
            select(self._column, films.c.id)
            .where(*FilmFilters(others, filters.source, filters.words).conditions())
            .with_hint(films, f"FORCE INDEX (ix_films_by_{name})", "mysql")
        )

    def keys(self, after: Cursor | None, count: int) -> list[Cursor]:
        """At most `count` keys, from behind `after` on."""
        found: list[Cursor] = []
        if after is None or after.value is not None:
            if after is not None:
                found = self._tied(after, count)
            found += self._beyond(after, count - len(found))
            after = None
        if self._with_unknown:
            found += self._tied(after or Cursor(None, 0), count - len(found))
        return found

    def _tied(self, after: Cursor, count: int) -> list[Cursor]:
        """Those with the value of `after`, behind it."""
        tied: list[ColumnElement[bool]] = [self._column == after.value]
        if after.value is not None:
            # Since a cursor may be of anybody's making.
            tied += self._known.of(self._column)
        return self._read([*tied, films.c.id > after.film_id], [films.c.id], count)

    def _beyond(self, after: Cursor | None, count: int) -> list[Cursor]:
        """Those with known values behind that of `after`."""
        if not self._falling:
            return self._read(self._rest(after), [self._column, films.c.id], count)
        # Backwards, one index serves both directions; ties come falling, and the last of them may be cut off.
        found = self._read(self._rest(after), [self._column.desc(), films.c.id.desc()], count)
        ties = [list(keys)[::-1] for _, keys in groupby(found, key=lambda key: key.value)]
        if len(found) < count or not ties:
            return list(chain.from_iterable(ties))
        cut = ties.pop()
        return [*chain.from_iterable(ties), *self._tied(Cursor(cut[0].value, 0), len(cut))]

    def _rest(self, after: Cursor | None) -> list[ColumnElement[bool]]:
        within = self._known
        if after is None:
            return within.of(self._column)
        value: Any = after.value
        if self._falling:
            return Range(within.low, value if within.past is None else min(value, within.past)).of(self._column)
        rest = Range(max(value, within.low), within.past)
        return rest.of(self._column) if value < within.low else [self._column > value, *rest.of(self._column)[1:]]

    def _read(self, part: list[ColumnElement[bool]], order: list[ColumnElement[Any]], count: int) -> list[Cursor]:
        if count <= 0:
            return []
        found = self._connection.execute(self._keys.where(*part).order_by(*order).limit(count))
        return [Cursor(value, film_id) for value, film_id in found]
