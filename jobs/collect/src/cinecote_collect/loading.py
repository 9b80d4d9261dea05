"""Many new rows into one table: MySQL loads them as a file where it is allowed to, which is faster."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from tempfile import NamedTemporaryFile
from typing import Any, Protocol

import structlog
from sqlalchemy import Connection, Table

from cinecote.bulk import BulkWriter
from cinecote.exits import CommandError

_ESCAPES = {"\\": r"\\", "\t": r"\t", "\n": r"\n", "\0": r"\0"}
_ESCAPED = re.compile("|".join(map(re.escape, _ESCAPES)))
_UNKNOWN = r"\N"

log = structlog.stdlib.get_logger(__name__)


class Loader(Protocol):
    """Puts rows into a table."""

    def write(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert `rows`, none of which is there yet, within the transaction of `connection`."""


class FileLoader:
    """Loads tuples of `columns` into `table` with MySQL's LOAD DATA LOCAL; values are hashable.

    The rows show when the transaction ends. LOCAL turns faults into warnings, so every row is counted: CommandError
    where one was not taken as it is.
    """

    def __init__(self, connection: Connection, table: Table, columns: Sequence[str]) -> None:
        dialect = connection.dialect
        self.statement = (
            f"LOAD DATA LOCAL INFILE %s INTO TABLE {table.name} CHARACTER SET utf8mb4 "
            rf"FIELDS TERMINATED BY '\t' ESCAPED BY '\\' LINES TERMINATED BY '\n' ({', '.join(columns)})"
        )
        self._conversions = [table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in columns]

    def write(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert `rows`, none of which is there yet, within the transaction of `connection`."""
        if not rows:
            return
        try:
            with NamedTemporaryFile("w", encoding="utf-8", newline="") as file:
                file.writelines(self.lines(rows))
                file.flush()
                taken = connection.exec_driver_sql(self.statement, (file.name,)).rowcount
        except OSError as fault:
            raise CommandError(f"the temporary file that MySQL loads (TMPDIR names its folder): {fault}") from None
        faults = connection.exec_driver_sql("SHOW WARNINGS LIMIT 1").all()
        if faults or taken != len(rows):
            raise CommandError(f"MySQL took {taken} of {len(rows)} rows as they are: {faults[0][-1] if faults else ''}")

    def lines(self, rows: Sequence[tuple[Any, ...]]) -> Iterable[str]:
        """`rows` as the lines of the file that `statement` loads."""
        columns = zip(*rows, strict=True)
        texts = [_texts(values, convert) for values, convert in zip(columns, self._conversions, strict=True)]
        return (f"{line}\n" for line in map("\t".join, zip(*texts, strict=True)))


def loader(connection: Connection, table: Table, columns: Sequence[str]) -> Loader:
    """The fastest way that the server allows to put new rows of `columns` into `table`."""
    if connection.dialect.name == "mysql":
        if connection.exec_driver_sql("SELECT @@GLOBAL.local_infile").scalar():
            return FileLoader(connection, table, columns)
        log.info("MySQL takes no files (local_infile is off): rows are inserted", table=table.name)
    return BulkWriter(table, connection.dialect, columns)


def _texts(values: Sequence[Any], convert: Any) -> list[str]:
    # The values of a column repeat: moments, genres, dates.
    known = {value: _text(value if convert is None else convert(value)) for value in set(values)}
    return [known[value] for value in values]


def _text(value: Any) -> str:
    if value is None:
        return _UNKNOWN
    if isinstance(value, str):
        return _ESCAPED.sub(lambda found: _ESCAPES[found[0]], value)
    return value.isoformat(" ") if isinstance(value, datetime) else str(value)
