"""HTTP as the server reads it: what it says to bytes that are none, how long it waits, how it takes leave."""

from asyncio import TimerHandle
from typing import Any

from cinecote_api.observation import UNROUTED, Observation
from cinecote_api.problems.problems import HEAD_TOO_LARGE, NOT_HTTP, TOO_SLOW, Problem
from cinecote_api.request_id import read_request_id
from cinecote_api.server.shedding import SheddingProtocol
from cinecote_api.server.written_response import written

_SECONDS_TO_LINGER = 1.0
_SECONDS_FOR_HEAD = 10.0
_LARGEST_HEAD = 32 * 1024


class ProblemProtocol(SheddingProtocol):
    """uvicorn's, but its own refusals are problems like all others, and no request is cut off by its end.

    A request's head must come within seconds and in some kilobytes: connections that dawdle cost others nothing.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._observation: Observation | None = getattr(self.app, "observation", None)
        self._is_reading_head = False
        self._has_ended = False
        self._head_size = 0
        self._head_timer: TimerHandle | None = None

    def receive(self, data: bytes) -> None:
        self._has_ended = False
        super().receive(data)
        # Most requests come whole, and there is nothing to watch then.
        if self.is_waiting() and not self.transport.is_closing():
            # Of a head that begins behind another request the parser doesn't tell how much has come: a read at most.
            self._watch(0 if self._has_ended else len(data))

    def is_waiting(self) -> bool:
        """Whether a request has begun to arrive that nobody else is waiting for."""
        return self._is_reading_head

    def is_needed(self) -> bool:
        return self.is_waiting() or super().is_needed()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._is_reading_head = True

    def on_headers_complete(self) -> None:
        self._is_reading_head = False
        self._head_size = 0
        self.stop_timer()
        super().on_headers_complete()
        # The answer then says that the connection closes, and the client's next request goes elsewhere.
        if self.is_leaving and not self.is_idle():
            self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        self.note_end()
        super().on_message_complete()

    def note_end(self) -> None:
        """Of what was read just now a part belongs to a request that has ended."""
        self._has_ended = True

    def connection_lost(self, exc: Exception | None) -> None:
        self.stop_timer()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        if not self.transport.is_closing():
            self._refuse(Problem(NOT_HTTP, msg))

    def shutdown(self) -> None:
        """Finish what is under way; where nothing is, answer one request more, for it may be on its way already."""
        self.is_leaving = True
        if self.is_idle():
            self.loop.call_later(_SECONDS_TO_LINGER, self._close_unless_needed)
        else:
            super().shutdown()

    def _watch(self, size: int) -> None:
        if self._head_timer is None:
            slow = Problem(TOO_SLOW, "send the whole request at once")
            self._head_timer = self.loop.call_later(_SECONDS_FOR_HEAD, self._refuse, slow)
        if self._is_reading_head:
            self._head_size += size
            if self._head_size > _LARGEST_HEAD:
                self._refuse(Problem(HEAD_TOO_LARGE, f"a request's head may have {_LARGEST_HEAD} bytes"))

    def _refuse(self, problem: Problem) -> None:
        # What was read before belongs to another request.
        request_id = read_request_id(self.headers if self.is_waiting() else [])
        ending = ((b"x-request-id", request_id.encode("ascii")), (b"connection", b"close"))
        self.transport.write(written(problem.response(), *ending))
        self.transport.close()
        if self._observation is not None:
            self._observation.record(request_id, UNROUTED, UNROUTED, problem.kind.status, 0.0)

    def stop_timer(self) -> None:
        """Wait no longer for what has come."""
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _close_unless_needed(self) -> None:
        if not self.is_needed():
            self.transport.close()
