"""One line a request."""

import asyncio
import logging
import sys
from time import gmtime, strftime, time

import msgspec
import structlog

from cinecote.logs import is_text

_LOGGER = "cinecote_api.requests"
_SECONDS_KEPT = 0.05

_encode = msgspec.json.Encoder().encode


class RequestLog:
    """Writes the lines that structlog would. As JSON they take it a tenth of the time: every request has one.

    Lines of a twentieth of a second are written together: a system call each would cost more than the rest.
    """

    def __init__(self, component: str, level: str, form: str) -> None:
        """The arguments are those of `configure_logs`, which the lines agree with."""
        self._wanted = logging.getLevelNamesMapping()[level] <= logging.INFO
        self._as_text = structlog.stdlib.get_logger(_LOGGER) if is_text(form) else None
        self._head = {"component": component, "event": "request", "level": "info", "logger": _LOGGER}
        self._known: dict[tuple[str, str, int], bytes] = {}
        self._second, self._moment = 0, ""
        self._lines: list[bytes] = []

    def write(self, request_id: str, method: str, route: str, status: int, seconds: float) -> None:
        """Tell of a request that was answered, or left, after so many seconds; from the event loop."""
        if not self._wanted:
            return
        milliseconds = round(seconds * 1000, 3)
        if self._as_text is not None:
            said = {"method": method, "route": route, "status": status, "duration_ms": milliseconds}
            self._as_text.info("request", request_id=request_id, **said)
            return
        if not self._lines:
            asyncio.get_running_loop().call_later(_SECONDS_KEPT, self.flush)
        known = self._known.get((method, route, status)) or self._begin(method, route, status)
        rest = f',"duration_ms":{milliseconds!r},"timestamp":"{self._now()}"}}\n'
        self._lines += (known, _encode(request_id), rest.encode("ascii"))

    def flush(self) -> None:
        """Write what waits."""
        lines, self._lines = self._lines, []
        if lines:
            # Looked up each time, as standard error may be replaced; one write, so that no other line comes between.
            sys.stderr.buffer.write(b"".join(lines))
            sys.stderr.buffer.flush()

    def _begin(self, method: str, route: str, status: int) -> bytes:
        begun = _encode({**self._head, "method": method, "route": route, "status": status})
        # Methods are the caller's own words, and without number.
        if len(self._known) < 1000:
            self._known[method, route, status] = begun[:-1] + b',"request_id":'
        return begun[:-1] + b',"request_id":'

    def _now(self) -> str:
        now = time()
        if int(now) != self._second:
            self._second = int(now)
            self._moment = strftime("%Y-%m-%dT%H:%M:%S", gmtime(self._second))
        return f"{self._moment}.{int(now % 1 * 1_000_000):06d}Z"
