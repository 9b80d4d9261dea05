"""The description of the API that /openapi.json gives and /docs shows."""

from collections import defaultdict
from copy import deepcopy
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel
from starlette.responses import Response

from cinecote.attribution import TMDB_ADDRESS, TMDB_NOTICE
from cinecote_api.access.gate import needed_scope
from cinecote_api.access.keys import Scope
from cinecote_api.open_inference.schemas import ProtocolError
from cinecote_api.problems import problems
from cinecote_api.problems.problems import (
    BUSY,
    FORBIDDEN,
    INTERNAL,
    INVALID_INPUT,
    TOO_FAST,
    UNAUTHORIZED,
    UNSUPPORTED_MEDIA_TYPE,
    Kind,
)
from cinecote_api.queries.description import describe_queries
from cinecote_api.schemas import ProblemDetails

DESCRIPTION = f"Where films were collected from [TMDB]({TMDB_ADDRESS}): {TMDB_NOTICE}"
SUMMARY = "Is a film bien, moyen or médiocre? Predictions from the champion, and the films that it learnt from."

_KEYS = "Needed where keys are configured, and always for what changes the served model."
_PROBLEM = {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}
_PROTOCOL_ERROR = {"application/json": {"schema": {"$ref": "#/components/schemas/ProtocolError"}}}
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
    shape: type[BaseModel] | None,
    *kinds: Kind,
    by_model: bool = False,
    by_protocol: bool = False,
    description: str = "The answer",
) -> Responses:
    """The `responses` of a route that gives `shape` (None: plain text) or problems of `kinds`, or of any route's.

    With `by_protocol` problems are told as the Open Inference Protocol's errors.
    """
    titles: defaultdict[int, list[str]] = defaultdict(list)
    for kind in dict.fromkeys((*kinds, UNSUPPORTED_MEDIA_TYPE, INVALID_INPUT, INTERNAL)):
        titles[kind.status].append(kind.title)
    headers = _REQUEST_ID | (_MODEL_HEADERS if by_model else {})
    said = {"model": shape} if shape else {"content": {"text/plain": {"schema": {"type": "string"}}}}
    responses: Responses = {200: {"description": description, "headers": headers, **said}}
    for status, of_status in sorted(titles.items()):
        description = "; or: ".join(of_status)
        content = _PROTOCOL_ERROR if by_protocol else _PROBLEM
        responses[status] = {"description": description, "headers": _headers(status), "content": content}
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


def with_picture(responses: Responses, picture: type[Response]) -> Responses:
    """The same `responses`, where the good one is a picture, which whoever has it already is told of."""
    tag = {"ETag": {"description": "The picture's sha256, for If-None-Match.", "schema": {"type": "string"}}}
    headers = responses[200]["headers"] | tag
    responses[200] |= {"headers": headers, "content": {picture.media_type: {"schema": {"type": "string"}}}}
    responses[304] = {"description": "The picture that the caller has is this one", "headers": headers}
    return responses


def described(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document of `app`."""
    # FastAPI keeps what it gives, and is asked again.
    document = deepcopy(app.openapi())
    for shape in (ProblemDetails, ProtocolError):
        schema = shape.model_json_schema(ref_template="#/components/schemas/{model}")
        schema.pop("$defs", None)
        document["components"]["schemas"][shape.__name__] = schema
    document["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer", "description": _KEYS}}
    describe_queries(document["paths"])
    for path, calls in document["paths"].items():
        for method, call in calls.items():
            if (scope := needed_scope(method.upper(), path)) is not None:
                _behind_the_gate(call, scope, _PROTOCOL_ERROR if path.startswith("/v2") else _PROBLEM)
    return document


def _behind_the_gate(call: dict[str, Any], scope: Scope, content: dict[str, Any]) -> None:
    """Add what the gate may answer in a call's place."""
    call["security"] = [{"key": [scope]}] if scope == "admin" else [{}, {"key": [scope]}]
    for kind in (UNAUTHORIZED, FORBIDDEN, TOO_FAST, BUSY):
        told = {"description": kind.title, "headers": _headers(kind.status), "content": content}
        call["responses"].setdefault(str(kind.status), told)
    call["responses"] = dict(sorted(call["responses"].items()))


def _headers(status: int) -> dict[str, Any]:
    if status == 401:
        return _REQUEST_ID | {"WWW-Authenticate": {"description": "Bearer.", "schema": {"type": "string"}}}
    if status not in (429, 503):
        return _REQUEST_ID
    return _REQUEST_ID | {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
