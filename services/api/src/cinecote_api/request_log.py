"""One line a request."""

import logging
import sys
from collections.abc import Sequence
from time import gmtime, strftime
from typing import Any, NamedTuple

import msgspec
import structlog

from cinecote.logs import is_text

_LOGGER = "cinecote_api.requests"

_encode = msgspec.json.Encoder().encode


class Request(NamedTuple):
    """A request that was answered, or left, at a `moment`: how it was routed, and what came of it."""

    request_id: str
    method: str
    route: str
    status: int
    seconds: float
    moment: float


class RequestLog:
    """Writes the lines that structlog would. As JSON they take it a tenth of the time: every request has one."""

    def __init__(self, component: str, level: str, form: str) -> None:
        """The arguments are those of `configure_logs`, which the lines agree with."""
        self._wanted = logging.getLevelNamesMapping()[level] <= logging.INFO
        self._as_text = structlog.stdlib.get_logger(_LOGGER) if is_text(form) else None
        self._head = {"component": component, "event": "request", "level": "info", "logger": _LOGGER}
        self._known: dict[tuple[str, str, int], bytes] = {}
        self._second, self._moment = 0, ""

    def write(self, requests: Sequence[Request]) -> None:
        """Tell of requests that were answered, or left."""
        if not self._wanted:
            return
        if self._as_text is not None:
            for request in requests:
                self._as_text.info("request", **_told(request))
            return
        # Looked up each time, as standard error may be replaced; one write, so that no other line comes between.
        sys.stderr.buffer.write(b"".join(map(self._line, requests)))
        sys.stderr.buffer.flush()

    def _line(self, request: Request) -> bytes:
        request_id, method, route, status, seconds, moment = request
        known = self._known.get((method, route, status)) or self._begin(method, route, status)
        rest = f',"duration_ms":{round(seconds * 1000, 3)!r},"timestamp":"{self._written(moment)}"}}\n'
        return b"%b%b%b" % (known, _encode(request_id), rest.encode("ascii"))

    def _begin(self, method: str, route: str, status: int) -> bytes:
        begun = _encode({**self._head, "method": method, "route": route, "status": status})
        # Methods are the caller's own words, and without number.
        if len(self._known) < 1000:
            self._known[method, route, status] = begun[:-1] + b',"request_id":'
        return begun[:-1] + b',"request_id":'

    def _written(self, moment: float) -> str:
        if int(moment) != self._second:
            self._second = int(moment)
            self._moment = strftime("%Y-%m-%dT%H:%M:%S", gmtime(self._second))
        return f"{self._moment}.{int(moment % 1 * 1_000_000):06d}Z"


def _told(request: Request) -> dict[str, Any]:
    told = request._asdict()
    del told["moment"]
    return told | {"duration_ms": round(told.pop("seconds") * 1000, 3)}
