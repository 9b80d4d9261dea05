"""How the api fails to answer, and what of that a visitor is told."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import structlog
from pydantic import ValidationError

from cinecote.features import InputFault
from cinecote_web.api_answers import Problem

_REFUSED = (400, 409, 413, 422)
_OF_FILMS = ("/v1/films", "/v1/queries")
_BY_TYPE = {"busy": "busy", "no-database": "no_films", "no-registry": "no_registry", "query-too-slow": "slow_query"}
_NO_SUCH_MODEL = "no-such-model"
_SECONDS_TO_RETRY = 5

log = structlog.stdlib.get_logger(__name__)


class ApiUnavailable(Exception):
    """The api gave no answer; `reason` is a message of the section `outage`."""

    def __init__(self, reason: str, retry_after: int = _SECONDS_TO_RETRY) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after


class ApiRefused(Exception):
    """The api doesn't take what it was asked; `kind` (the end of the problem's type), `faults` and `detail` say why."""

    def __init__(self, faults: tuple[InputFault, ...], detail: str = "", kind: str = "") -> None:
        super().__init__("; ".join(f"{fault.pointer}: {fault.detail}" for fault in faults) or detail)
        self.faults = faults
        self.detail = detail
        self.kind = kind


class KeyRefused(Exception):
    """An admin's key isn't one, or doesn't open what was asked; `reason` is a message of the section `admin`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@contextmanager
def telling(path: str) -> Iterator[None]:
    """Raise and log ApiUnavailable where what is asked at `path` within meets with silence or with nobody."""
    try:
        yield
    except httpx2.TimeoutException:
        log.warning("api slow", path=path)
        raise ApiUnavailable("slow") from None
    except httpx2.HTTPError as error:
        log.warning("api away", path=path, error=repr(error))
        raise ApiUnavailable("away") from None


def no_answer(response: httpx2.Response) -> ApiUnavailable | ApiRefused:
    """What a `response` other than 200 means."""
    problem = _problem(response)
    wait = _seconds_to_wait(response.headers.get("Retry-After", ""))
    if _kind(problem) == _NO_SUCH_MODEL:
        return ApiUnavailable("no_such_model", wait)
    if response.status_code in _REFUSED:
        faults = tuple(InputFault(error.pointer, error.detail) for error in problem.errors)
        return ApiRefused(faults, problem.detail, _kind(problem))
    path = response.url.path
    log.warning("api gave no answer", path=path, status=response.status_code, problem=problem.type)
    if response.status_code == 429:
        return ApiUnavailable("busy", wait)
    if response.status_code == 503:
        return ApiUnavailable(_lacking(path, problem), wait)
    return ApiUnavailable("broken", wait)


def _lacking(path: str, problem: Problem) -> str:
    told = _BY_TYPE.get(_kind(problem))
    return told or ("no_films" if path.startswith(_OF_FILMS) else "no_model")


def _kind(problem: Problem) -> str:
    return problem.type.rpartition(":")[2]


def _problem(response: httpx2.Response) -> Problem:
    try:
        return Problem.model_validate_json(response.content)
    except ValidationError:
        return Problem()


def _seconds_to_wait(retry_after: str) -> int:
    return int(retry_after) if re.fullmatch("[0-9]{1,4}", retry_after) else _SECONDS_TO_RETRY
