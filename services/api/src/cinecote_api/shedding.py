"""Requests that come while more work waits than can be done soon are refused at next to no cost."""

from time import monotonic
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from cinecote_api.gate import needed_scope
from cinecote_api.problems import BUSY, unavailable
from cinecote_api.refusals import refusal
from cinecote_api.request_id import read_request_id
from cinecote_api.written_response import written

MOST_UNDER_WAY = 500
"""Requests: a twentieth of a second's single predictions, on one core."""

_LONGEST_ROUND_S = 0.1
_RETRY_AFTER_S = 1


class SheddingProtocol(HttpToolsProtocol):
    """uvicorn's, but a request that finds too many under way never reaches the application: it is answered 503.

    Its connection isn't read for the second that the answer asks to wait: who goes on asking would otherwise take the
    time of those who are answered. What is open to everybody, like probes, is never refused.
    """

    shed = 0
    """Requests refused by this process, over all connections."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._is_shedding = False

    def is_idle(self) -> bool:
        """Whether no request of this connection is being answered."""
        # uvicorn's annotation leaves out that there is none before the first request.
        cycle = cast("RequestResponseCycle | None", self.cycle)
        return cycle is None or cycle.response_complete

    def takes_over(self) -> bool:
        """Whether the request whose head was read is this protocol's own to answer, and not the application's."""
        return False

    def on_headers_complete(self) -> None:
        self._is_shedding = self._is_too_late() and self.is_idle() and self._may_be_shed()
        if not self._is_shedding and not self.takes_over():
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        if not self._is_shedding:
            super().on_body(body)

    def on_message_complete(self) -> None:
        if not self._is_shedding:
            super().on_message_complete()
            return
        self._is_shedding = False
        SheddingProtocol.shed += 1
        self.transport.write(_refusal(self._path(), read_request_id(self.headers)))
        if not self.parser.should_keep_alive():
            self.transport.close()
            return
        self.flow.pause_reading()
        self.loop.call_later(_RETRY_AFTER_S, self._read_on)

    def _read_on(self) -> None:
        if not self.transport.is_closing():
            self.flow.resume_reading()

    def _is_too_late(self) -> bool:
        # The loop's time is that of its present round's beginning: what is read in it has waited for so long at least.
        return len(self.tasks) >= MOST_UNDER_WAY or monotonic() - self.loop.time() > _LONGEST_ROUND_S

    def _may_be_shed(self) -> bool:
        return needed_scope(self.parser.get_method().decode("ascii"), self._path()) is not None

    def _path(self) -> str:
        path: bytes = self.url.partition(b"?")[0]
        return path.decode("latin-1")


def _refusal(path: str, request_id: str) -> bytes:
    busy = unavailable(BUSY, "more requests are under way than can be answered soon", _RETRY_AFTER_S)
    return written(refusal(path, busy), (b"x-request-id", request_id.encode("ascii")))
