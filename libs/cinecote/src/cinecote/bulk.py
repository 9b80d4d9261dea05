"""Many rows into one table, at little more than the driver's own cost."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Dialect, Table

from cinecote.database import upsert


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
            columns = zip(*rows, strict=True)
            converted = map(_converted, columns, self._conversions)
            connection.exec_driver_sql(self._statement, list(zip(*converted, strict=True)))


def _converted(values: Iterable[Any], convert: Callable[[Any], Any] | None) -> Iterable[Any]:
    if convert is None:
        return values
    # The values of a column repeat: moments, genres, dates.
    known = {value: convert(value) for value in set(values)}
    return [known[value] for value in values]
