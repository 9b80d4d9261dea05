"""What happens around every request: its id, its log line, its time, and the safety net below it."""

from collections.abc import Iterator, Sequence
from time import perf_counter, time

import structlog
from fastapi import FastAPI
from prometheus_client.core import Metric
from prometheus_client.registry import Collector
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope, Send

from cinecote_api.access.gate import Gate
from cinecote_api.backlog import Backlog
from cinecote_api.direct_route import DirectRoute
from cinecote_api.metrics.requests import RequestMetrics
from cinecote_api.problems.problems import UNSUPPORTED_MEDIA_TYPE, Problem, unexpected
from cinecote_api.problems.refusals import refusal
from cinecote_api.request_id import read_request_id
from cinecote_api.request_log import Request, RequestLog

REQUEST_ID = "cinecote.request_id"
"""Where a request's scope has its id."""

_CLIENT_LEFT = 499
UNROUTED = "unknown"
"""The route of what leads nowhere."""

log = structlog.stdlib.get_logger(__name__)


class Observation(Collector):
    """What is kept of every request: a line, and a place in the histogram of durations."""

    def __init__(self, metrics: RequestMetrics, log: RequestLog) -> None:
        self._metrics = metrics
        self._log = log
        self._answered = Backlog[Request](self._keep)

    def record(self, request_id: str, method: str, template: str, status: int, seconds: float) -> None:
        """Keep that a request to the route of this template was answered."""
        self._answered.add(Request(request_id, method, template, status, seconds, time()))

    def settle(self) -> None:
        """Leave nothing that waits."""
        self._answered.settle()

    def collect(self) -> Iterator[Metric]:
        self.settle()
        yield from self._metrics.collect()

    def _keep(self, requests: Sequence[Request]) -> None:
        self._metrics.observe(requests)
        self._log.write(requests)


class Observed:
    """Wraps the application: answers HEAD as GET without a body, and what nobody expected with a problem.

    Requests to direct routes whose path has no parameters go there at once: the layers of the application between cost
    more than a prediction does.
    """

    def __init__(self, app: FastAPI, gate: Gate, observation: Observation, quick: object = None) -> None:
        """`quick` is what the server may ask in the application's place (see QuickProtocol), `observation` it tells."""
        self.quick = quick
        self.observation = observation
        self._app = app
        self._gate = gate
        direct = [route for route in app.routes if isinstance(route, DirectRoute) and not route.param_convertors]
        self._direct = {(method, route.path): route for route in direct for method in route.methods or ()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = perf_counter()
        exchange = _Exchange(scope, send)
        try:
            await self._answer(exchange, receive)
        except ClientDisconnect:
            exchange.status = exchange.status or _CLIENT_LEFT
        except Exception:
            log.exception("unexpected failure", request_id=exchange.request_id)
            if exchange.is_answered:
                # By the application, which raises all the same.
                return
            if exchange.status:
                raise
            await refusal(scope["path"], unexpected())(exchange.scope, receive, exchange.send)
        finally:
            self._record(exchange, perf_counter() - began)

    async def _answer(self, exchange: "_Exchange", receive: Receive) -> None:
        scope = exchange.scope
        try:
            self._gate.admit(scope)
            _refuse_encoding(scope)
        except Problem as problem:
            await refusal(scope["path"], problem)(scope, receive, exchange.send)
            return
        route = self._direct.get((scope["method"], scope["path"]))
        if route is None:
            await self._app(scope, receive, exchange.send)
        else:
            scope["route"] = route
            await route.handle(scope, receive, exchange.send)

    def _record(self, exchange: "_Exchange", seconds: float) -> None:
        route = exchange.scope.get("route")
        template = route.path if route is not None else UNROUTED
        status = exchange.status or _CLIENT_LEFT
        self.observation.record(exchange.request_id, exchange.method, template, status, seconds)


def _refuse_encoding(scope: Scope) -> None:
    if any(name == b"content-encoding" for name, _ in scope["headers"]):
        raise Problem(UNSUPPORTED_MEDIA_TYPE, "send the request without Content-Encoding")


class _Exchange:
    """One request and the answer on its way."""

    __slots__ = ("_send", "is_answered", "method", "request_id", "scope", "status")

    def __init__(self, scope: Scope, send: Send) -> None:
        self.method: str = scope["method"]
        self.request_id = read_request_id(scope["headers"])
        # The server goes by its own scope, which still says HEAD.
        self.scope = {**scope, REQUEST_ID: self.request_id}
        if self.method == "HEAD":
            self.scope["method"] = "GET"
        self.status = 0
        self.is_answered = False
        self._send = send

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [
                *message.get("headers", ()),
                (b"x-request-id", self.request_id.encode("ascii")),
                (b"x-content-type-options", b"nosniff"),
            ]
        else:
            self.is_answered = not message.get("more_body", False)
            if self.method == "HEAD":
                message = {**message, "body": b""}
        await self._send(message)
