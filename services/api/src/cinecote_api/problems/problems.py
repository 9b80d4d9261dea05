"""Problems (RFC 9457): what an answer says when it can't be given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.responses import Response

from cinecote.features import MAX_LISTED_ERRORS, InputFault

MEDIA_TYPE = "application/problem+json"
LARGEST_ANSWER = 4096
"""Bytes: a longer list of errors is cut."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem; `slug` ends its type's URN."""

    slug: str
    status: int
    title: str


INVALID_INPUT = Kind("invalid-input", 422, "The request has values that can't be used")
UNUSABLE_TENSORS = Kind("unusable-tensors", 400, "The tensors are not those of the model")
MALFORMED = Kind("malformed-json", 400, "The body is not JSON")
MALFORMED_CSV = Kind("malformed-csv", 400, "The body is not CSV")
NOT_HTTP = Kind("malformed-request", 400, "The request can't be read")
HEAD_TOO_LARGE = Kind("head-too-large", 431, "The request's head is too large")
TOO_LARGE = Kind("too-large", 413, "The request is too large")
UNSUPPORTED_MEDIA_TYPE = Kind("unsupported-media-type", 415, "The body is of a kind that is not read here")
TOO_SLOW = Kind("request-timeout", 408, "The request did not arrive in time")
UNAUTHORIZED = Kind("unauthorized", 401, "A key is needed")
FORBIDDEN = Kind("forbidden", 403, "The key doesn't open this")
TOO_FAST = Kind("too-many-requests", 429, "Too many requests")
NOT_FOUND = Kind("not-found", 404, "There is no such thing")
METHOD_NOT_ALLOWED = Kind("method-not-allowed", 405, "This address doesn't take this method")
MODEL_REFUSED = Kind("model-refused", 409, "The version must not be served")
NO_CHAMPION = Kind("no-champion", 409, "The registry names no version that could be served")
PROMOTION_UNDER_WAY = Kind("promotion-under-way", 409, "Another promotion or rollback is under way")
NO_REGISTRY = Kind("no-registry", 503, "The registry of models doesn't answer")
NO_SUCH_MODEL = Kind("no-such-model", 409, "There is no such model yet")
NO_MODEL = Kind("no-model", 503, "No model is being served yet")
NOT_MEASURED = Kind("not-measured", 503, "This has not been measured yet")
NO_DATABASE = Kind("no-database", 503, "The films can't be read at the moment")
QUERY_TOO_SLOW = Kind("query-too-slow", 503, "The films can't be found within the time that is allowed")
BUSY = Kind("busy", 503, "Too much work is waiting")
INTERNAL = Kind("internal", 500, "The answer could not be made")


class Problem(Exception):
    """Raised where a request can't be answered; `detail` and `faults` never repeat a value of the request."""

    def __init__(
        self,
        kind: Kind,
        detail: str,
        faults: Sequence[InputFault] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.faults = faults
        self.headers = headers

    def response(self) -> Response:
        return Response(_body(self), self.kind.status, self.headers, MEDIA_TYPE)


def invalid_input(faults: Sequence[InputFault]) -> Problem:
    """422 that names each fault."""
    count = "1 value" if len(faults) == 1 else f"{len(faults)} values"
    return Problem(INVALID_INPUT, f"{count} can't be used; see errors", faults)


def unexpected() -> Problem:
    """500 for what nobody has thought of."""
    return Problem(INTERNAL, "it has been logged under the request's id")


def unavailable(kind: Kind, detail: str, retry_after_s: int) -> Problem:
    """503 that says when to come back."""
    return Problem(kind, detail, headers={"Retry-After": str(retry_after_s)})


def _body(problem: Problem) -> bytes:
    said: dict[str, Any] = {
        "type": f"urn:cinecote:problem:{problem.kind.slug}",
        "title": problem.kind.title,
        "status": problem.kind.status,
        "detail": problem.detail,
    }
    errors = [{"pointer": fault.pointer, "detail": fault.detail} for fault in problem.faults[:MAX_LISTED_ERRORS]]
    while errors:
        # Escapes make a name up to six times as long, so only the written answer tells its size.
        body = msgspec.json.encode({**said, "errors": errors})
        if len(body) <= LARGEST_ANSWER:
            return body
        errors.pop()
    return msgspec.json.encode(said)
