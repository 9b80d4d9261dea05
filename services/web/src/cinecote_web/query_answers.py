"""What the api answers of named queries, checked."""

from cinecote_web.api_answers import ApiAnswer


class QueryParameter(ApiAnswer):
    """A number that a query takes, from `minimum` to `maximum`."""

    name: str
    default: int | float
    minimum: int | float
    maximum: int | float


class NamedQuery(ApiAnswer):
    name: str
    title: str
    parameters: tuple[QueryParameter, ...]


class QueryList(ApiAnswer):
    queries: tuple[NamedQuery, ...]


Cell = int | float | str | None


class QueryTable(ApiAnswer):
    """What a query answers; `truncated` where there are more rows than these."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    truncated: bool
