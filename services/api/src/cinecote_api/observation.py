"""What happens around every request: its id, its log line, its time, and the safety net below it."""

import uuid
from time import perf_counter

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cinecote_api.metrics.requests import RequestMetrics
from cinecote_api.problems import INTERNAL, Problem
from cinecote_api.refusals import refusal

_LONGEST_REQUEST_ID = 128
_CLIENT_LEFT = 499
_UNROUTED = "unknown"

log = structlog.stdlib.get_logger(__name__)


class Observed:
    """Wraps the application: answers HEAD as GET without a body, and what nobody expected with a problem."""

    def __init__(self, app: ASGIApp, metrics: RequestMetrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = perf_counter()
        exchange = _Exchange(scope, send)
        try:
            await self._app(exchange.scope, receive, exchange.send)
        except ClientDisconnect:
            exchange.status = exchange.status or _CLIENT_LEFT
        except Exception:
            log.exception("unexpected failure", request_id=exchange.request_id)
            if exchange.status:
                raise
            problem = Problem(INTERNAL, "it has been logged under the request's id")
            await refusal(scope["path"], problem)(exchange.scope, receive, exchange.send)
        finally:
            self._record(exchange, perf_counter() - began)

    def _record(self, exchange: "_Exchange", seconds: float) -> None:
        route = exchange.scope.get("route")
        template = route.path if route is not None else _UNROUTED
        status = exchange.status or _CLIENT_LEFT
        self._metrics.observe(exchange.method, template, status, seconds)
        log.info(
            "request",
            request_id=exchange.request_id,
            method=exchange.method,
            route=template,
            status=status,
            duration_ms=round(seconds * 1000, 3),
        )


class _Exchange:
    """One request and the answer on its way."""

    __slots__ = ("_send", "method", "request_id", "scope", "status")

    def __init__(self, scope: Scope, send: Send) -> None:
        self.method: str = scope["method"]
        # The server goes by its own scope, which still says HEAD.
        self.scope = {**scope, "method": "GET"} if self.method == "HEAD" else scope
        self.request_id = _request_id(scope["headers"])
        self.status = 0
        self._send = send

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [
                *message.get("headers", ()),
                (b"x-request-id", self.request_id.encode("ascii")),
                (b"x-content-type-options", b"nosniff"),
            ]
        elif self.method == "HEAD":
            message = {**message, "body": b""}
        await self._send(message)


def _request_id(headers: list[tuple[bytes, bytes]]) -> str:
    """The caller's id for the request, or one of ours where there is none that can be repeated safely."""
    said = [value for name, value in headers if name == b"x-request-id"]
    if len(said) == 1 and 0 < len(said[0]) <= _LONGEST_REQUEST_ID and all(0x21 <= byte <= 0x7E for byte in said[0]):
        return said[0].decode("ascii")
    return uuid.uuid4().hex
