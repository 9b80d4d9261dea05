"""Everything that a route raises on purpose, answered as a problem."""

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from cinecote.features import InputFault
from cinecote_api.database_reader import DatabaseAway, TookTooLong, TooMuchAsked
from cinecote_api.problems.parameter_wording import parameter_wording
from cinecote_api.problems.problems import (
    BUSY,
    INTERNAL,
    METHOD_NOT_ALLOWED,
    NO_DATABASE,
    NOT_FOUND,
    QUERY_TOO_SLOW,
    Problem,
    invalid_input,
    unavailable,
    unexpected,
)
from cinecote_api.problems.refusals import refusal

_LONGEST_NAME = 64
_RETRY_AFTER_S = 5


def answer_failures(app: FastAPI) -> None:
    """Have `app` answer its own problems, invalid parameters, and addresses that it doesn't know."""

    @app.exception_handler(Problem)
    async def _problem(request: Request, problem: Problem) -> Response:
        return refusal(request.scope["path"], problem)

    @app.exception_handler(RequestValidationError)
    async def _invalid_query(request: Request, invalid: RequestValidationError) -> Response:
        faults = [parameter_fault(str(error["loc"][-1]), parameter_wording(error)) for error in invalid.errors()]
        return refusal(request.scope["path"], invalid_input(faults))

    @app.exception_handler(HTTPException)
    async def _not_routed(request: Request, failure: HTTPException) -> Response:
        return refusal(request.scope["path"], _routing_problem(failure))

    @app.exception_handler(Exception)
    async def _unexpected(request: Request, _error: Exception) -> Response:
        return refusal(request.scope["path"], unexpected())


def parameter_fault(name: str, detail: str) -> InputFault:
    """A fault of the query parameter `name`."""
    shown = name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
    return InputFault(f"?{shown}", detail)


def unknown_parameters(names: list[str]) -> Problem:
    """422 for parameters that the address doesn't take."""
    return invalid_input([parameter_fault(name, "is not a parameter") for name in names])


def no_reading(away: DatabaseAway) -> Problem:
    """503 for what the database could not be asked."""
    if isinstance(away, TookTooLong):
        return unavailable(QUERY_TOO_SLOW, "ask for less, or again when there is less to do", _RETRY_AFTER_S)
    if isinstance(away, TooMuchAsked):
        return unavailable(BUSY, "too many questions wait for the database", 1)
    return unavailable(NO_DATABASE, "predictions go on without it", _RETRY_AFTER_S)


def _routing_problem(failure: HTTPException) -> Problem:
    if failure.status_code == 404:
        return Problem(NOT_FOUND, "the API has no such address; /docs lists those it has")
    if failure.status_code == 405:
        allowed = (failure.headers or {}).get("Allow", "")
        # HEAD is answered wherever GET is, though the routes name GET alone.
        allowed = allowed.replace("GET", "GET, HEAD")
        return Problem(METHOD_NOT_ALLOWED, "see the Allow header", headers={"Allow": allowed})
    return Problem(INTERNAL, "the request could not be handled")
