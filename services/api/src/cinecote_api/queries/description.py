"""The named queries in the API's description: a path for each, for each has parameters of its own."""

from typing import Any

from cinecote_api.queries.catalogue import QUERIES
from cinecote_api.queries.query import Query

QUERY_PATH = "/v1/queries/{name}"
FORMAT = "format"
FORMATS = ("json", "csv")

_FORM: dict[str, Any] = {
    "name": FORMAT,
    "in": "query",
    "description": "In place of the Accept header.",
    "schema": {"type": "string", "enum": list(FORMATS)},
}


def describe_queries(paths: dict[str, Any]) -> None:
    """Put each query's own path in the place of the one that they share."""
    shared = paths.pop(QUERY_PATH)["get"]
    for query in QUERIES.values():
        about = {"summary": query.title, "operationId": f"query_{query.name.replace('-', '_')}"}
        own = shared | about | {"parameters": [_FORM, *_parameters(query)]}
        paths[QUERY_PATH.format(name=query.name)] = {"get": own}


def _parameters(query: Query) -> list[dict[str, Any]]:
    return [
        {
            "name": it.name,
            "in": "query",
            "schema": {"type": it.type, "minimum": it.minimum, "maximum": it.maximum, "default": it.default},
        }
        for it in query.parameters
    ]
