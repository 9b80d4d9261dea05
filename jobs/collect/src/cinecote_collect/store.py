"""Films, their search words and rejections, written to the database a batch a transaction.

What is stored is read before it is written; the job's lock sees to it that nobody else writes films meanwhile.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select, update

from cinecote.bulk import BulkWriter
from cinecote.database import now, write_rows
from cinecote.films import fold_words
from cinecote.tables import WORD_LENGTH, film_words, films, rejections
from cinecote_collect.changes import Changes, StoredFilm, changes_of
from cinecote_collect.cleaning import Cleaner
from cinecote_collect.loading import loader
from cinecote_collect.rows import SAID, Batch, CleanRow

_UPDATED = (*SAID, "content_hash", "fetched_at", "expires_at")
_MET = ("line", "rejected_at")
# Far below what either server takes in one statement.
_IDS_A_QUERY = 1_000
_STORED = select(
    films.c.source_id, films.c.id, films.c.content_hash, films.c.title, func.coalesce(films.c.vote_count_raw, -1)
).where(films.c.source == bindparam("source"), films.c.source_id.in_(bindparam("ids", expanding=True)))
_HIGHEST = select(func.coalesce(func.max(films.c.id), 0))
_ANY = select(films.c.id).where(films.c.source == bindparam("source")).limit(1)
_FORGET_WORDS = delete(film_words).where(film_words.c.film_id.in_(bindparam("ids", expanding=True)))

_RENEW = (
    update(films)
    .where(films.c.id.in_(bindparam("ids", expanding=True)))
    .values(fetched_at=bindparam("fetched"), expires_at=bindparam("expires"))
)
_NEXT_GIVEN = re.compile(r"AUTO_INCREMENT=(\d+)")

_BULK_LOAD = (
    # 96 MiB hold the upper part of every index of some millions of films; search words come in no order.
    "PRAGMA cache_size = -98304",
    "PRAGMA temp_store = MEMORY",
    # 64 MiB of log before it is copied into the database: fewer pages are written twice.
    "PRAGMA wal_autocheckpoint = 16384",
)


class Store:
    """Writes batches on `connection`, which it sets up for many rows; what is committed stays as safe as it was."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._new_films = loader(connection, films, ("id", "source", "source_id", *_UPDATED))
        self._changed_films = BulkWriter(films, connection.dialect, ("source", "source_id", *_UPDATED), _UPDATED)
        self._words = loader(connection, film_words, ("word", "film_id"))
        self._next_id = _next_id(connection)
        self._new_sources: dict[str, bool] = {}
        connection.commit()
        if connection.dialect.name == "sqlite":
            for pragma in _BULK_LOAD:
                connection.exec_driver_sql(pragma)
            connection.commit()

    def write(
        self, batch: Batch, cleaner: Cleaner, also: Callable[[Connection, Changes], None] | None = None
    ) -> Changes:
        """Write the films and rejections of `batch`, and what `also` does, all or nothing; says what changed."""
        moment, source = now(), cleaner.source
        expires = moment + cleaner.layout.expires_after if cleaner.layout.expires_after else None

        def columns(row: CleanRow) -> tuple[Any, ...]:
            return (source, row.source_id, *row.said, row.content_hash, moment, expires)

        with self._connection.begin():
            stored = self._stored(source, [row.source_id for row in batch.rows])
            changes = changes_of(batch, stored, cleaner)
            ids = range(self._next_id, self._next_id + len(changes.new))
            self._next_id = ids.stop
            added = [(film_id, *columns(row)) for film_id, row in zip(ids, changes.new, strict=True)]
            self._new_films.write(self._connection, added)
            self._changed_films.write(self._connection, list(map(columns, changes.changed)))
            self._write_words(changes, stored, ids)
            if cleaner.layout.renews:
                self._renew([stored[row.source_id].id for row in changes.unchanged], moment, expires)
            # What a rejected row said of a film is kept no longer than a film.
            refused = [{**rejection.stored(source, moment), "expires_at": expires} for rejection in changes.rejected]
            write_rows(self._connection, rejections, refused, _MET + ("expires_at",) * cleaner.layout.renews)
            if also is not None:
                also(self._connection, changes)
        return changes

    def _stored(self, source: str, source_ids: Sequence[str]) -> dict[str, StoredFilm]:
        # What this run stores of a source is never told of again in it (see `duplicates`).
        if self._is_new(source):
            return {}
        found = {}
        for ids in _portions(source_ids):
            for source_id, *facts in self._connection.execute(_STORED, {"source": source, "ids": ids}):
                found[source_id] = StoredFilm(*facts)
        return found

    def _renew(self, film_ids: Sequence[int], fetched: datetime, expires: datetime | None) -> None:
        for ids in _portions(film_ids):
            self._connection.execute(_RENEW, {"ids": ids, "fetched": fetched, "expires": expires})

    def _is_new(self, source: str) -> bool:
        if source not in self._new_sources:
            self._new_sources[source] = self._connection.execute(_ANY, {"source": source}).first() is None
        return self._new_sources[source]

    def _write_words(self, changes: Changes, before: Mapping[str, StoredFilm], ids: Sequence[int]) -> None:
        titles = {before[row.source_id].id: row.title for row in changes.changed if _renamed(row, before)}
        for renamed in _portions(list(titles)):
            self._connection.execute(_FORGET_WORDS, {"ids": renamed})
        titles |= {film_id: row.title for film_id, row in zip(ids, changes.new, strict=True)}
        # In the order of their index: each of its pages is changed once.
        self._words.write(self._connection, sorted(_words(titles)))


def _next_id(connection: Connection) -> int:
    """The lowest id that no film has, and on MySQL none ever had."""
    highest: int = connection.execute(_HIGHEST).scalar_one()
    if connection.dialect.name == "mysql":
        _, definition = connection.exec_driver_sql(f"SHOW CREATE TABLE {films.name}").one()
        given = _NEXT_GIVEN.search(definition)
        highest = max(highest, int(given[1]) - 1 if given else 0)
    return highest + 1


def _words(titles: Mapping[int, str]) -> Iterator[tuple[str, int]]:
    for film_id, title in titles.items():
        for word in {word[:WORD_LENGTH] for word in fold_words(title)}:
            yield word, film_id


def _renamed(row: CleanRow, before: Mapping[str, StoredFilm]) -> bool:
    return row.title != before[row.source_id].title


def _portions(ids: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(ids), _IDS_A_QUERY):
        yield ids[start : start + _IDS_A_QUERY]
