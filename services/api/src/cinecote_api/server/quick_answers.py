"""Predictions of single films, answered by the server itself: as the application would, for half of the time."""

from time import perf_counter

import structlog
from starlette.responses import Response

from cinecote.features import InvalidFilm
from cinecote_api.access.gate import Client, Gate
from cinecote_api.observation import Observation
from cinecote_api.predictions.film_prediction import LARGEST_FILM, FilmPrediction
from cinecote_api.problems.problems import Problem, unexpected
from cinecote_api.problems.refusals import refusal
from cinecote_api.request_body import JSON
from cinecote_api.request_id import usable_request_id
from cinecote_api.routes.predictions import QUICK_PATH

log = structlog.stdlib.get_logger(__name__)

_DIGITS = 6

Headers = dict[bytes, bytes]


class QuickAnswers:
    """Answers `POST /v1/predictions`, whose whole body is there, in one step without waiting.

    The same gate, work and record as the application's: the server's way to it and back costs more than these.
    """

    path = QUICK_PATH.encode("ascii")

    def __init__(self, gate: Gate, prediction: FilmPrediction, observation: Observation) -> None:
        self._gate = gate
        self._prediction = prediction
        self._observation = observation

    def takes(self, headers: Headers) -> bool:
        """Whether a request with these headers is a plain one; the application says what is wrong with others."""
        length = headers.get(b"content-length", b"")
        return (
            headers.get(b"content-type") == JSON
            and b"content-encoding" not in headers
            and length.isdigit()
            and len(length) <= _DIGITS
            and int(length) <= LARGEST_FILM
        )

    def answer(self, headers: Headers, client: Client, body: bytes) -> tuple[Response, str]:
        """The answer, which may have background work to be done after it, and the request's id."""
        began = perf_counter()
        request_id = usable_request_id(headers.get(b"x-request-id"))
        response = self._answer(request_id, headers, client, body)
        seconds = perf_counter() - began
        self._observation.record(request_id, "POST", QUICK_PATH, response.status_code, seconds)
        return response, request_id

    def _answer(self, request_id: str, headers: Headers, client: Client, body: bytes) -> Response:
        try:
            if self._gate.is_closed:
                sent = headers.get
                self._gate.admit_caller("predict", sent(b"authorization", b""), sent(b"x-forwarded-for", b""), client)
            return self._prediction.answer(request_id, body)
        except (Problem, InvalidFilm) as fault:
            return refusal(QUICK_PATH, fault)
        except Exception:
            log.exception("unexpected failure", request_id=request_id)
            return refusal(QUICK_PATH, unexpected())
