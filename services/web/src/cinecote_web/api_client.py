"""The api, over HTTP: the only thing that the page knows of the world."""

import re
from collections.abc import Mapping
from typing import Self, TypeVar

import httpx2
import structlog
from pydantic import BaseModel, ValidationError

from cinecote.features import InputFault
from cinecote_web.api_answers import FilmPage, FilmRecord, ModelCard, Prediction, Problem, Thresholds

_REFUSED = (400, 413, 422)
_SECONDS_TO_RETRY = 5
_SECONDS_TO_SAY_SO = 1

log = structlog.stdlib.get_logger(__name__)
Answer = TypeVar("Answer", bound=BaseModel)


class ApiUnavailable(Exception):
    """The api gave no answer; `reason` is a message of the section `outage`."""

    def __init__(self, reason: str, retry_after: int = _SECONDS_TO_RETRY) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after


class ApiRefused(Exception):
    """The api doesn't take what it was asked; `faults` say why where it told."""

    def __init__(self, faults: tuple[InputFault, ...]) -> None:
        super().__init__("; ".join(f"{fault.pointer}: {fault.detail}" for fault in faults))
        self.faults = faults


class ApiClient:
    """Questions to the api at `address`, each given up after `seconds` of silence.

    Every question may raise ApiUnavailable, and ApiRefused where it carries what a visitor typed.
    """

    def __init__(self, address: str, seconds: float, key: str | None = None) -> None:
        self._http = httpx2.Client(
            base_url=address,
            headers={"Authorization": f"Bearer {key}"} if key else None,
            transport=httpx2.HTTPTransport(retries=1),
            timeout=seconds,
            trust_env=False,
            event_hooks={"request": [_name_request]},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def predict(self, inputs: Mapping[str, float | None]) -> Prediction:
        """The estimate for a film; an unknown input is None."""
        return _read(Prediction, self._send("POST", "/v1/predictions", json=dict(inputs)))

    def thresholds(self) -> Thresholds:
        """The ratings that the served model's categories begin at."""
        return _read(ModelCard, self._send("GET", "/v1/model")).thresholds

    def film(self, film_id: int) -> FilmRecord | None:
        """The film of that id, None where there is none."""
        response = self._send("GET", f"/v1/films/{film_id}")
        return None if response.status_code == 404 else _read(FilmRecord, response)

    def films(self, limit: int, search: str = "", cursor: str = "", known: str = "") -> FilmPage:
        """The most voted films of which each word of `search` begins a word of the title, from `cursor` on.

        `known` lists the inputs that must be known of them, with commas between.
        """
        wanted = {"search": search, "cursor": cursor, "known": known}
        params = {name: value for name, value in wanted.items() if value}
        params |= {"sort": "-vote_count", "limit": str(limit)}
        return _read(FilmPage, self._send("GET", "/v1/films", params=params))

    def is_there(self) -> bool:
        """Whether the api answers at once, with or without a model to serve."""
        try:
            return self._http.get("/readyz", timeout=_SECONDS_TO_SAY_SO).status_code in (200, 503)
        except httpx2.HTTPError:
            return False

    def _send(
        self, method: str, path: str, *, json: object = None, params: Mapping[str, str] | None = None
    ) -> httpx2.Response:
        try:
            return self._http.request(method, path, json=json, params=params)
        except httpx2.TimeoutException:
            log.warning("api slow", path=path)
            raise ApiUnavailable("slow") from None
        except httpx2.HTTPError as error:
            log.warning("api away", path=path, error=repr(error))
            raise ApiUnavailable("away") from None


def _name_request(request: httpx2.Request) -> None:
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    if request_id:
        request.headers["X-Request-ID"] = request_id


def _read(kind: type[Answer], response: httpx2.Response) -> Answer:
    if response.status_code != 200:
        raise _no_answer(response)
    try:
        return kind.model_validate_json(response.content)
    except ValidationError as error:
        log.error("api's answer not understood", path=response.url.path, faults=error.error_count())
        raise ApiUnavailable("broken") from None


def _no_answer(response: httpx2.Response) -> ApiUnavailable | ApiRefused:
    problem = _problem(response)
    if response.status_code in _REFUSED:
        return ApiRefused(tuple(InputFault(error.pointer, error.detail) for error in problem.errors))
    path = response.url.path
    log.warning("api gave no answer", path=path, status=response.status_code, problem=problem.type)
    wait = _seconds_to_wait(response.headers.get("Retry-After", ""))
    if response.status_code == 429:
        return ApiUnavailable("busy", wait)
    if response.status_code == 503:
        return ApiUnavailable("no_films" if "/v1/films" in path else "no_model", wait)
    return ApiUnavailable("broken", wait)


def _problem(response: httpx2.Response) -> Problem:
    try:
        return Problem.model_validate_json(response.content)
    except ValidationError:
        return Problem()


def _seconds_to_wait(retry_after: str) -> int:
    return int(retry_after) if re.fullmatch("[0-9]{1,4}", retry_after) else _SECONDS_TO_RETRY
