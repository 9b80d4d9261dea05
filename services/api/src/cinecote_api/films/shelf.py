"""Films out of the database."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from cinecote.films import Thresholds
from cinecote.registry import Manifest
from cinecote.settings import LabelSettings
from cinecote.tables import films
from cinecote_api.films.cursor import Cursor, read_cursor, write_cursor
from cinecote_api.films.filters import filters_of
from cinecote_api.films.keys import count_films, page_keys
from cinecote_api.films.query import FilmQuery
from cinecote_api.films.training import training_of

COUNTED_FILMS = 10_000

_SHOWN = tuple(
    films.c[name]
    for name in (
        "id", "title", "release_date", "revenue", "budget", "runtime", "vote_count", "vote_average",
        "genres", "source", "fetched_at",
    )
)  # fmt: skip
_SHOWN_ALONE = (*_SHOWN, films.c.status)
_ROWS = select(*_SHOWN).where(films.c.id.in_(bindparam("ids", expanding=True)))
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

    def film(self, connection: Connection, film_id: int, manifest: Manifest | None) -> dict[str, Any] | None:
        """The film with this id, and what it was to the training of a model; None where there is none."""
        if not 0 < film_id <= _LARGEST_ID:
            return None
        row = connection.execute(select(*_SHOWN_ALONE).where(films.c.id == film_id)).one_or_none()
        return None if row is None else self._shown(row) | {"training": training_of(row, manifest)}

    def films(self, connection: Connection, ids: Collection[int]) -> dict[int, dict[str, Any]]:
        """The films with these ids, by id; those that there aren't are left out."""
        rows = connection.execute(select(*_SHOWN).where(films.c.id.in_(ids)))
        return {row.id: self._shown(row) for row in rows}

    def page(self, connection: Connection, query: FilmQuery) -> dict[str, Any]:
        """A page of films as `{"films", "next"}`, with `total` where asked for; InvalidCursor where it has none."""
        after = None
        if query.cursor is not None:
            after = read_cursor(query.cursor, query.digest(), _KINDS.get(query.sort_name, int))
        filters = filters_of(query, self.labels)
        keys = page_keys(connection, filters, query, after)
        page: dict[str, Any] = {"films": self._films(connection, keys[: query.limit]), "next": None}
        if len(keys) > query.limit:
            page["next"] = write_cursor(keys[query.limit - 1], query.digest())
        if query.count:
            total = count_films(connection, filters, COUNTED_FILMS + 1)
            page |= {"total": min(total, COUNTED_FILMS), "total_is_lower_bound": total > COUNTED_FILMS}
        return page

    def _films(self, connection: Connection, keys: Sequence[Cursor]) -> list[dict[str, Any]]:
        rows = connection.execute(_ROWS, {"ids": [key.film_id for key in keys]}) if keys else ()
        found = {row.id: row for row in rows}
        # One that was removed since its key was read isn't there.
        return [self._shown(found[key.film_id]) for key in keys if key.film_id in found]

    def _shown(self, row: Row[Any]) -> dict[str, Any]:
        film = {column.name: getattr(row, column.name) for column in _SHOWN}
        thresholds = Thresholds(self.labels.threshold_moyen, self.labels.threshold_bien)
        film["category"] = thresholds.category_by_votes(row.vote_average, row.vote_count, self.labels.minimum_votes)
        film["fetched_at"] = row.fetched_at.replace(tzinfo=UTC)
        return film
