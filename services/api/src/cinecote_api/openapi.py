"""The description of the API that /openapi.json gives and /docs shows."""

from collections import defaultdict
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel

from cinecote_api import problems
from cinecote_api.problems import INTERNAL, INVALID_INPUT, Kind
from cinecote_api.schemas import ProblemDetails

SUMMARY = "Is a film bien, moyen or médiocre? Predictions from the champion, and the films that it learnt from."

_PROBLEM = {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}
_REQUEST_ID = {"X-Request-ID": {"description": "The request's id, as sent or made here.", "schema": {"type": "string"}}}
_MODEL_HEADERS = {
    "X-Model-Version": {"description": "The version that answered.", "schema": {"type": "string"}},
    "X-Model-Role": {"description": "Its role.", "schema": {"type": "string", "enum": ["champion", "challenger"]}},
}

_WHEN = {
    "name": "when",
    "in": "query",
    "description": "Of a table in CSV: after its films' release, or before. In JSON it is a member of the body.",
    "schema": {"type": "string", "enum": ["after", "before"], "default": "after"},
}

Responses = dict[int | str, dict[str, Any]]


def answers(
    shape: type[BaseModel] | None, *kinds: Kind, by_model: bool = False, description: str = "The answer"
) -> Responses:
    """The `responses` of a route that gives `shape` (None: plain text) or problems of `kinds`, or of any route's."""
    titles: defaultdict[int, list[str]] = defaultdict(list)
    for kind in (*kinds, INVALID_INPUT, INTERNAL):
        titles[kind.status].append(kind.title)
    headers = _REQUEST_ID | (_MODEL_HEADERS if by_model else {})
    said = {"model": shape} if shape else {"content": {"text/plain": {"schema": {"type": "string"}}}}
    responses: Responses = {200: {"description": description, "headers": headers, **said}}
    for status, of_status in sorted(titles.items()):
        description = "; or: ".join(of_status)
        responses[status] = {"description": description, "headers": _headers(status), "content": _PROBLEM}
    return responses


def json_body(schema: dict[str, Any]) -> dict[str, Any]:
    """The `openapi_extra` of a route that reads a JSON body of this schema."""
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def csv_or_json_body(schema: dict[str, Any], table: dict[str, Any]) -> dict[str, Any]:
    """The same, of a route that reads a `table` in CSV as well and then takes `when` as a query parameter."""
    content = json_body(schema)["requestBody"]["content"] | {"text/csv": table}
    return {"requestBody": {"required": True, "content": content}, "parameters": [_WHEN]}


def with_csv(responses: Responses) -> Responses:
    """The same `responses`, where the good one may be CSV."""
    responses[200]["content"] = {"text/csv": {"schema": {"type": "string"}}}
    return responses


def described(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document of `app`."""
    document = app.openapi()
    schema = ProblemDetails.model_json_schema(ref_template="#/components/schemas/{model}")
    schema.pop("$defs", None)
    document["components"]["schemas"]["ProblemDetails"] = schema
    return document


def _headers(status: int) -> dict[str, Any]:
    if status != 503:
        return _REQUEST_ID
    return _REQUEST_ID | {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
