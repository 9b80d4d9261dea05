"""What is kept of each request: how long it took, and one line in the log."""

import re
from time import perf_counter
from uuid import uuid4

import structlog
from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Histogram

from cinecote.metrics import REQUEST_DURATION

_QUIET = {"health.live", "health.ready", "health.metrics", "static"}
_METHODS = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}
_UNMATCHED = "unmatched"
_USABLE_ID = re.compile(r"[!-~]{1,128}")

log = structlog.stdlib.get_logger(__name__)


def watch_requests(app: Flask, registry: CollectorRegistry) -> None:
    """Measure, log and name every request; its name (X-Request-ID) goes to the api and back to the visitor."""
    durations = Histogram(REQUEST_DURATION.name, REQUEST_DURATION.help, REQUEST_DURATION.labels, registry=registry)

    @app.before_request
    def begin() -> None:
        g.began = perf_counter()
        asked = request.headers.get("X-Request-ID", "")
        g.request_id = asked if _USABLE_ID.fullmatch(asked) else uuid4().hex
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    @app.after_request
    def end(response: Response) -> Response:
        seconds = perf_counter() - g.began
        route = request.url_rule.rule if request.url_rule else _UNMATCHED
        method = request.method if request.method in _METHODS else "other"
        durations.labels(method, route, str(response.status_code)).observe(seconds)
        level = "debug" if request.endpoint in _QUIET else "info"
        getattr(log, level)(
            "request", method=method, route=route, status=response.status_code, ms=round(seconds * 1000, 1)
        )
        response.headers["X-Request-ID"] = g.request_id
        return response
