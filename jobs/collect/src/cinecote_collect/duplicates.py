"""Which row stands for a film that several rows tell of.

Within a run, a layout with ids keeps the first row of an id. Without ids, the entry with most votes stays (as many:
the larger content hash), whatever the order of the rows: all of a run's entries are looked at before one is stored,
so that each loser is rejected by its own line and no row that was stored has to be taken back.

Between runs, what a source says later replaces what it said before, in layouts with ids always. Without ids it does
unless the stored entry has more votes: then the later row is taken for a duplicate of it, since nothing tells a
correction from another entry of the same title and year, and the order in which two files are collected must not
matter. So a correction with as many votes or more changes the film; one with fewer is rejected, and can be seen there.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager

from cinecote.exits import CommandError
from cinecote_collect.rows import CleanRow

_IDS_A_PAGE = 1 << 16

_TABLE = """
    CREATE TABLE standing (
        source TEXT, film TEXT, votes INTEGER, content_hash TEXT, file INTEGER, line INTEGER,
        PRIMARY KEY (source, film), UNIQUE (file, line)
    ) WITHOUT ROWID
"""
_ENTER = """
    INSERT INTO standing VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (source, film) DO UPDATE
    SET votes = excluded.votes, content_hash = excluded.content_hash, file = excluded.file, line = excluded.line
    WHERE (excluded.votes, excluded.content_hash) > (votes, content_hash)
"""
_STANDING = "SELECT line FROM standing WHERE file = ? AND line BETWEEN ? AND ?"


class SeenIds:
    """The ids that a run came across: a bit each, in pages of neighbours, so that millions take little memory."""

    def __init__(self) -> None:
        self._pages: defaultdict[tuple[str, int], bytearray] = defaultdict(lambda: bytearray(_IDS_A_PAGE // 8))

    def lines_of_new(self, source: str, rows: Iterable[CleanRow]) -> set[int]:
        """The lines of those of `rows` whose id was not seen before in `source`; from now on it was."""
        return {row.raw.line for row in rows if self._add(source, int(row.source_id))}

    def _add(self, source: str, number: int) -> bool:
        page, place = self._pages[source, number // _IDS_A_PAGE], number % _IDS_A_PAGE
        bit = 1 << place % 8
        if page[place // 8] & bit:
            return False
        page[place // 8] |= bit
        return True


class Contest:
    """The entries of one run, kept in a private file of SQLite's: memory stays the same however many there are."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        connection.execute(_TABLE)

    def enter(self, source: str, file: int, rows: Iterable[CleanRow]) -> None:
        """Let `rows` of `file` stand for their films where nothing better does; an equal earlier one stays."""
        entries = ((source, row.source_id, row.votes, row.content_hash, file, row.raw.line) for row in rows)
        self._connection.executemany(_ENTER, entries)

    def lines_of_standing(self, file: int, first: int, last: int) -> set[int]:
        """The lines from `first` to `last` of `file` whose entry stands for its film."""
        return {line for (line,) in self._connection.execute(_STANDING, (file, first, last))}


@contextmanager
def contest() -> Iterator[Contest]:
    """A contest for the time of the block; CommandError where there is no room for it."""
    try:
        # An empty name is a temporary file that SQLite deletes itself.
        with closing(sqlite3.connect("", isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("BEGIN")
            yield Contest(connection)
    except sqlite3.Error as fault:
        raise CommandError(
            f"the temporary file that compares entries (SQLITE_TMPDIR names its folder): {fault}"
        ) from None
