"""All named queries, and what each gives."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from cinecote.settings import LabelSettings
from cinecote_api.queries.collection import COLLECTION_QUERIES
from cinecote_api.queries.films import FILM_QUERIES
from cinecote_api.queries.money import MONEY_QUERIES
from cinecote_api.queries.query import Query, Values

QUERIES: Mapping[str, Query] = {query.name: query for query in (*FILM_QUERIES, *MONEY_QUERIES, *COLLECTION_QUERIES)}


@dataclass(frozen=True, slots=True)
class Table:
    """A query's answer; `truncated` where there are more rows."""

    name: str
    columns: tuple[str, ...]
    rows: list[list[Any]]
    truncated: bool


def listed() -> list[dict[str, Any]]:
    """Every query's name, title and parameters, as the API shows them."""
    return [
        {"name": query.name, "title": query.title, "parameters": [asdict(parameter) for parameter in query.parameters]}
        for query in QUERIES.values()
    ]


def run(connection: Connection, query: Query, labels: LabelSettings, values: Values) -> Table:
    """The answer of `query` for `values`, one of each parameter."""
    wanted = query.rows_wanted(values)
    result = connection.execute(query.statement(labels, values).limit(wanted + 1))
    rows = [[_plain(value) for value in row] for row in result]
    return Table(query.name, tuple(map(str, result.keys())), rows[:wanted], len(rows) > wanted)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        # MySQL's sums of whole numbers.
        return int(value) if value == value.to_integral_value() else float(value)
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value
