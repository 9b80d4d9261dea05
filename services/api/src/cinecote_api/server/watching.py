"""The clock of a connection: none is kept for nothing, and none in the way of a new one."""

from asyncio import TimerHandle, Transport
from collections.abc import Iterator
from itertools import islice
from time import monotonic
from typing import Any, cast

from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from cinecote_api.server.patience import LEAST_BYTES_A_SECOND, SECONDS_TO_TAKE

MOST_CONNECTIONS = 900
"""A process may commonly have 1,024 files open, of which its own and the databases' are some dozens."""

# Under a flood, each new connection looks at so many of the others.
_LOOKED_AT = 50


class WatchedProtocol(HttpToolsProtocol):
    """uvicorn's, but a connection is closed that asks nothing, or that takes no answers, from its beginning to its end.

    uvicorn starts a timer at the end of a request and stops it at whatever comes next, be it no request. Ours is one a
    connection, which looks at what was noted: one a request would cost more than much of an answer.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.is_leaving = False
        self._idle_since = 0.0
        self._idle_timer: TimerHandle | None = None
        self._answering: RequestResponseCycle | None = None
        self._unsent = 0
        self._taking_timer: TimerHandle | None = None

    def is_idle(self) -> bool:
        """Whether no request of this connection is being answered."""
        # uvicorn's annotation leaves out that there is none before the first request.
        cycle = cast("RequestResponseCycle | None", self.cycle)
        return cycle is None or cycle.response_complete

    def is_needed(self) -> bool:
        """Whether a request is being answered, or has begun to arrive and is waited for."""
        return not self.is_idle()

    def note_idleness(self) -> None:
        """From now on the connection is kept for the next request, as long as any."""
        # The loop's own clock tells whole milliseconds, in which one connection comes after the other.
        self._idle_since = monotonic()

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.note_idleness()
        if len(self.connections) > MOST_CONNECTIONS:
            self._make_room()
        self._idle_timer = self.loop.call_later(self.timeout_keep_alive, self._look_at_idleness)

    def _make_room(self) -> None:
        """Close a connection that has long been kept for nothing; where none is, this one."""
        longest = min(islice(self._idle_others(), _LOOKED_AT), key=lambda each: each._idle_since, default=self)
        longest.transport.close()

    def _idle_others(self) -> Iterator["WatchedProtocol"]:
        for each in self.connections:
            if not isinstance(each, WatchedProtocol) or each is self:
                continue
            if not each.is_needed() and not each.transport.is_closing():
                yield each

    def connection_lost(self, exc: Exception | None) -> None:
        for timer in (self._idle_timer, self._taking_timer):
            if timer is not None:
                timer.cancel()
        if self._answering is not None:
            # uvicorn tells the last request that has come, and this may be one before it.
            self._answering.disconnected = True
            self._answering.message_event.set()
        super().connection_lost(exc)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._answering = cycle
        super()._start_asgi_task(cycle, app)

    def on_response_complete(self) -> None:
        self.note_idleness()
        super().on_response_complete()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch_taking()

    def resume_writing(self) -> None:
        super().resume_writing()
        # Of a connection that is being closed the rest has to be taken, too.
        if self._taking_timer is not None and not self.transport.is_closing():
            self._taking_timer.cancel()

    def _look_at_idleness(self) -> None:
        left = self._idle_since + self.timeout_keep_alive - monotonic()
        if left <= 0 and not self.is_needed():
            self.transport.close()
        if self.transport.is_closing():
            self._watch_taking()
        else:
            again = left if left > 0 else self.timeout_keep_alive
            self._idle_timer = self.loop.call_later(again, self._look_at_idleness)

    def _watch_taking(self) -> None:
        if self._taking_timer is not None:
            self._taking_timer.cancel()
        self._unsent = self.transport.get_write_buffer_size()
        self._taking_timer = self.loop.call_later(SECONDS_TO_TAKE, self._look_at_taking)

    def _look_at_taking(self) -> None:
        if self._unsent - self.transport.get_write_buffer_size() < LEAST_BYTES_A_SECOND * SECONDS_TO_TAKE:
            self.transport.abort()
        else:
            self._watch_taking()
