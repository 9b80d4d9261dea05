"""The api, over HTTP: the only thing that the page knows of the world."""

import ssl
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from typing import Any, Self, TypeVar

import httpx2
import structlog
from pydantic import BaseModel, ValidationError

from cinecote.model_report import ModelReport
from cinecote_web.api_answers import (
    Explanation,
    FilmPage,
    FilmRecord,
    ModelCard,
    ModelVersion,
    Prediction,
    RegisteredModels,
)
from cinecote_web.api_faults import ApiRefused, ApiUnavailable, KeyRefused, no_answer, telling
from cinecote_web.api_stream import ApiStream
from cinecote_web.model_changes import NO_CHANGE, ModelChange
from cinecote_web.moments import DEFAULT_WHEN, MODEL_AT, When, address_of
from cinecote_web.numbers import plain_text
from cinecote_web.query_answers import NamedQuery, QueryList, QueryTable
from cinecote_web.serving_figures import Drift, Live

_SECONDS_TO_SAY_SO = 1
_SECONDS_TO_READ_A_TABLE = 60.0
_SECONDS_TO_CHANGE = 60.0
_KEY_REFUSALS = {401: "wrong_key", 403: "small_key"}

log = structlog.stdlib.get_logger(__name__)
Answer = TypeVar("Answer", bound=BaseModel)
Along = tuple[str, Sequence[float]]


class ApiClient:
    """Questions to the api at `address`, each given up after `seconds` of silence.

    Every question may raise ApiUnavailable, and ApiRefused where it carries what a visitor typed.
    """

    def __init__(self, address: str, seconds: float, key: str | None = None) -> None:
        self._http = httpx2.Client(
            base_url=address,
            headers={"Authorization": f"Bearer {key}"} if key else None,
            transport=httpx2.HTTPTransport(_certificates(), retries=1),
            timeout=seconds,
            trust_env=False,
            event_hooks={"request": [_name_request]},
        )
        self._cards: dict[str, ModelCard] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def predict(self, inputs: Mapping[str, float | None], when: When = DEFAULT_WHEN) -> Prediction:
        """The estimate for a film; an unknown input is None."""
        return _read(Prediction, self._send("POST", "/v1/predictions", json={**inputs, **address_of(when)}))

    def explanation(
        self, inputs: Mapping[str, float | None], when: When = DEFAULT_WHEN, along: Along | None = None
    ) -> Explanation:
        """What `predict` answers and why, without counting as a film that was asked about; an unknown input is None.

        With the name of an input and values of it, the probabilities at each of them too.
        """
        params = {"along": along[0], "values": ",".join(map(plain_text, along[1]))} if along else None
        asked = {**inputs, **address_of(when)}
        return _read(Explanation, self._send("POST", "/v1/explanations", json=asked, params=params))

    def model(self, when: When = DEFAULT_WHEN) -> ModelCard:
        """The model that is served, and the ratings that its categories begin at."""
        return _read(ModelCard, self._send("GET", "/v1/model", params=_named(when)))

    def card_of(self, model: ModelVersion, when: When = DEFAULT_WHEN) -> ModelCard:
        """The card of the version that answered, or the champion's where that one is a challenger or just went.

        Asked for once a version: what it says of a version never changes.
        """
        kept = self._cards.get(model.name)
        if kept is not None and kept.version == model.version:
            return kept
        card = self._cards[model.name] = self.model(when)
        return card

    def models(self, when: When = DEFAULT_WHEN) -> RegisteredModels:
        """What was decided about the model's versions."""
        return _read(RegisteredModels, self._send("GET", "/v1/models", params=_named(when)))

    def report(self, when: When = DEFAULT_WHEN) -> ModelReport | None:
        """The comparison that the served model came out of, None where it brings none."""
        response = self._send("GET", "/v1/model/report", params=_named(when))
        return None if response.status_code == 404 else _read(ModelReport, response)

    def plot(self, name: str, when: When = DEFAULT_WHEN) -> bytes | None:
        """The picture of that name, None where the report has none."""
        response = self._send("GET", f"/v1/model/plots/{name}.svg", params=_named(when))
        if response.status_code not in (200, 404):
            raise no_answer(response)
        return response.content if response.status_code == 200 else None

    def drift(self, when: When = DEFAULT_WHEN) -> Drift:
        """How far what is asked lately is from what the served model learned from."""
        return _read(Drift, self._send("GET", "/v1/model/drift", params=_named(when)))

    def live(self, when: When = DEFAULT_WHEN) -> Live:
        """How good the versions' answers were about films whose votes came in later."""
        return _read(Live, self._send("GET", "/v1/model/live", params=_named(when)))

    def check_admin(self, key: str) -> None:
        """KeyRefused where `key` doesn't open what only an admin may do; nothing is changed."""
        # Nothing is no traffic: whoever may set it is told so, and whoever may not is refused before.
        with suppress(ApiRefused):
            self.change_model(key, NO_CHANGE, DEFAULT_WHEN)

    def change_model(self, key: str, change: ModelChange, when: When) -> None:
        """Have the served model changed, by an admin's `key`; KeyRefused, or ApiRefused where it can't be."""
        response = self._send(
            change.method,
            change.path,
            json=change.body,
            params=_named(when),
            headers={"Authorization": f"Bearer {key}"},
            seconds=_SECONDS_TO_CHANGE,
        )
        if response.status_code in _KEY_REFUSALS:
            raise KeyRefused(_KEY_REFUSALS[response.status_code])
        if response.status_code != 200:
            raise no_answer(response)

    def film(self, film_id: int) -> FilmRecord | None:
        """The film of that id, None where there is none."""
        response = self._send("GET", f"/v1/films/{film_id}")
        return None if response.status_code == 404 else _read(FilmRecord, response)

    def films(self, limit: int, **wanted: str) -> FilmPage:
        """Films, the most voted first unless `sort` says otherwise; of the api's parameters, the empty are left out."""
        params = {"sort": "-vote_count", **{name: value for name, value in wanted.items() if value}}
        return _read(FilmPage, self._send("GET", "/v1/films", params={**params, "limit": str(limit)}))

    def queries(self) -> tuple[NamedQuery, ...]:
        """The questions to the database that have a name."""
        return _read(QueryList, self._send("GET", "/v1/queries")).queries

    def query(self, name: str, params: Mapping[str, str]) -> QueryTable:
        """What the query of that name, which must be one of `queries`, answers."""
        return _read(QueryTable, self._send("GET", f"/v1/queries/{name}", params=params))

    def query_csv(self, name: str, params: Mapping[str, str]) -> ApiStream:
        """The same as CSV, while it comes."""
        return self._stream("GET", f"/v1/queries/{name}", params={**params, "format": "csv"})

    def score_table(self, table: Iterable[bytes], when: When = DEFAULT_WHEN) -> ApiStream:
        """The CSV `table`, each row with its estimate or its error behind it, while it comes; read once, never held."""
        headers = {"Content-Type": "text/csv", "Accept": "text/csv"}
        path, seconds = "/v1/predictions/batch", _SECONDS_TO_READ_A_TABLE
        params = address_of(when)
        return self._stream("POST", path, params=params, content=table, headers=headers, seconds=seconds)

    def is_there(self) -> bool:
        """Whether the api answers at once, with or without a model to serve."""
        try:
            return self._http.get("/readyz", timeout=_SECONDS_TO_SAY_SO).status_code in (200, 503)
        except httpx2.HTTPError:
            return False

    def _send(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        seconds: float | None = None,
    ) -> httpx2.Response:
        with telling(path):
            return self._http.request(
                method, path, json=json, params=params, headers=headers, timeout=_timeout(seconds)
            )

    def _stream(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        content: Iterable[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
        seconds: float | None = None,
    ) -> ApiStream:
        with telling(path):
            request = self._http.build_request(
                method, path, params=params, content=content, headers=headers, timeout=_timeout(seconds)
            )
            response = self._http.send(request, stream=True)
            if response.status_code != 200:
                response.read()
                raise no_answer(response)
        return ApiStream(response)


@cache
def _certificates() -> ssl.SSLContext:
    # They are every client's, and reading them takes longer than all else that makes one.
    return httpx2.create_ssl_context()


def _timeout(seconds: float | None) -> Any:
    return httpx2.USE_CLIENT_DEFAULT if seconds is None else seconds


def _named(when: When) -> dict[str, str]:
    return {} if when == DEFAULT_WHEN else {"name": MODEL_AT[when].name}


def _name_request(request: httpx2.Request) -> None:
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    if request_id:
        request.headers["X-Request-ID"] = request_id


def _read(kind: type[Answer], response: httpx2.Response) -> Answer:
    if response.status_code != 200:
        raise no_answer(response)
    try:
        return kind.model_validate_json(response.content)
    except ValidationError as error:
        log.error("api's answer not understood", path=response.url.path, faults=error.error_count())
        raise ApiUnavailable("broken") from None
