"""Many rows into one table, at little more than the driver's own cost."""

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Dialect, Table

from cinecote.database import upsert

# SQLite takes 32,766 values in a statement.
_ROWS_TOGETHER = 500


class BulkWriter:
    """Upserts tuples of `columns` into `table`, in that order (see `cinecote.database.upsert`).

    SQLAlchemy compiles the statement once and converts the values; their rows go to the driver as they are, since a
    dictionary a row costs more than the insert itself. Values are hashable.
    """

    def __init__(self, table: Table, dialect: Dialect, columns: Sequence[str], updated: Sequence[str] = ()) -> None:
        statement = upsert(table, dialect.name, updated).compile(dialect=dialect, column_keys=columns)
        if statement.positiontup != list(columns):
            raise ValueError(f"{table.name} takes its values in another order than {', '.join(columns)}")
        self._statement = str(statement)
        self._conversions = [table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in columns]

    def write(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """Upsert `rows`."""
        if rows:
            connection.exec_driver_sql(self._statement, list(self._convert(rows)))

    def write_together(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """The same in one statement for hundreds of rows, in a process whose other threads have work to do.

        SQLite's driver lets go of the interpreter at every row otherwise, and each time they have to give it back.
        MySQL's puts rows together itself.
        """
        if connection.dialect.name != "sqlite":
            self.write(connection, rows)
            return
        for first in range(0, len(rows), _ROWS_TOGETHER):
            values = list(self._convert(rows[first : first + _ROWS_TOGETHER]))
            one = f"({', '.join('?' * len(values[0]))})"
            statement = self._statement.replace(one, ", ".join([one] * len(values)), 1)
            connection.exec_driver_sql(statement, tuple(chain.from_iterable(values)))

    def _convert(self, rows: Sequence[tuple[Any, ...]]) -> Iterable[tuple[Any, ...]]:
        columns = zip(*rows, strict=True)
        return zip(*map(_converted, columns, self._conversions), strict=True)


def _converted(values: Iterable[Any], convert: Callable[[Any], Any] | None) -> Iterable[Any]:
    if convert is None:
        return values
    # The values of a column repeat: moments, genres, dates.
    known = {value: convert(value) for value in set(values)}
    return [known[value] for value in values]
