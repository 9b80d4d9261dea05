"""Films, their search words and rejections, written to the database a batch a transaction.

What is stored is read before it is written; the job's lock sees to it that nobody else writes films meanwhile.
"""

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
from cinecote_collect.rows import SAID, Batch, CleanRow

_UPDATED = (*SAID, "content_hash", "fetched_at", "expires_at")
# Far below what either server takes in one statement.
_IDS_A_QUERY = 1_000
_STORED = select(
    films.c.source_id, films.c.id, films.c.content_hash, films.c.title, func.coalesce(films.c.vote_count_raw, -1)
).where(films.c.source == bindparam("source"), films.c.source_id.in_(bindparam("ids", expanding=True)))
_NEWEST = select(func.coalesce(func.max(films.c.id), 0))
# By the id alone: with the source as well, SQLite goes through all of the source's films.
_SINCE = select(films.c.source_id, films.c.id).where(films.c.id > bindparam("newest"))
_FORGET_WORDS = delete(film_words).where(film_words.c.film_id.in_(bindparam("ids", expanding=True)))

_RENEW = (
    update(films)
    .where(films.c.id.in_(bindparam("ids", expanding=True)))
    .values(fetched_at=bindparam("fetched"), expires_at=bindparam("expires"))
)

_BULK_LOAD = (
    # 128 MiB hold the upper part of every index of some millions of films; search words come in no order.
    "PRAGMA cache_size = -131072",
    "PRAGMA temp_store = MEMORY",
    # 64 MiB of log before it is copied into the database: fewer pages are written twice.
    "PRAGMA wal_autocheckpoint = 16384",
)


class Store:
    """Writes batches on `connection`, which it sets up for many rows; what is committed stays as safe as it was."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._films = BulkWriter(films, connection.dialect, ("source", "source_id", *_UPDATED), _UPDATED)
        self._words = BulkWriter(film_words, connection.dialect, ("word", "film_id"))
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
        with self._connection.begin():
            stored = self._stored(source, [row.source_id for row in batch.rows])
            changes = changes_of(batch, stored, cleaner)
            newest = self._connection.execute(_NEWEST).scalar_one()
            said = [
                (source, row.source_id, *row.said, row.content_hash, moment, expires)
                for row in (*changes.new, *changes.changed)
            ]
            self._films.write(self._connection, said)
            self._write_words(changes, stored, newest)
            if cleaner.layout.renews:
                self._renew([stored[row.source_id].id for row in changes.unchanged], moment, expires)
            refused = [rejection.stored(source, moment) for rejection in changes.rejected]
            write_rows(self._connection, rejections, refused)
            if also is not None:
                also(self._connection, changes)
        return changes

    def _stored(self, source: str, source_ids: Sequence[str]) -> dict[str, StoredFilm]:
        found = {}
        for ids in _portions(source_ids):
            for source_id, *facts in self._connection.execute(_STORED, {"source": source, "ids": ids}):
                found[source_id] = StoredFilm(*facts)
        return found

    def _renew(self, film_ids: Sequence[int], fetched: datetime, expires: datetime | None) -> None:
        for ids in _portions(film_ids):
            self._connection.execute(_RENEW, {"ids": ids, "fetched": fetched, "expires": expires})

    def _write_words(self, changes: Changes, before: Mapping[str, StoredFilm], newest: int) -> None:
        titles = {before[row.source_id].id: row.title for row in changes.changed if _renamed(row, before)}
        for ids in _portions(list(titles)):
            self._connection.execute(_FORGET_WORDS, {"ids": ids})
        if changes.new:
            # Both servers give a new row a higher id than any before it.
            found = {row[0]: row[1] for row in self._connection.execute(_SINCE, {"newest": newest})}
            titles |= {found[row.source_id]: row.title for row in changes.new}
        self._words.write(self._connection, list(_words(titles)))


def _words(titles: Mapping[int, str]) -> Iterator[tuple[str, int]]:
    for film_id, title in titles.items():
        for word in {word[:WORD_LENGTH] for word in fold_words(title)}:
            yield word, film_id


def _renamed(row: CleanRow, before: Mapping[str, StoredFilm]) -> bool:
    return row.title != before[row.source_id].title


def _portions(ids: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(ids), _IDS_A_QUERY):
        yield ids[start : start + _IDS_A_QUERY]
