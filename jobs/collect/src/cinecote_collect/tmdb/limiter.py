"""Never more requests than the limit in any one second, as the server counts them."""

import asyncio
import heapq
import math
import time
from collections import deque

_SECOND = 1.002
_LATE = 0.05
"""Seconds that the even pace may catch up: a timer wakes late, by a millisecond or, on a busy machine, by dozens."""
_ROUNDS_BEFORE_TRUST = 2
_ALWAYS_UNDER_WAY = 32


class Limiter:
    """A bucket of `limit` tokens, filled at an even pace, each of which comes back a second after its request arrived.

    When that was nobody here knows. But where the fastest round trip so far took m seconds, a request sent at s and
    answered at a arrived at s + x at the earliest and at a − (m − x) at the latest, for the time x of the fastest way
    there. The next request with its token arrives at s' + x at the earliest. So they are a second apart where
    s' ≥ a − m + 1, whatever x is, and in any one second each of the tokens arrives once at most. An even delay costs
    nothing; what an answer comes late, beyond the fastest, its token waits. No more than `at_once` requests are
    under way, nor more than twice those that the fastest round trip needs, and some: whoever is let go needn't wait
    for a connection, and on a machine that is short of time no heap of unread answers hides the one that says pause.
    """

    def __init__(self, limit: int, at_once: int = 1 << 16) -> None:
        self._limit = limit
        self._at_once = at_once
        self._under_way = 0
        self._is_closed = False
        self._quiet = asyncio.Event()
        self._pace = 1 / limit
        self._answers_before_trust = _ROUNDS_BEFORE_TRUST * limit
        self._tokens = [0.0] * limit
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0
        self._paused_until = 0.0
        self._fastest = math.inf
        self._answers = 0

    async def take(self) -> float:
        """The moment at which a request may be sent, which is now; every `take` is followed by one `give_back`."""
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        self._serve()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._put(0.0)
            raise
        return time.monotonic()

    def give_back(self, sent: float, *, answered: bool) -> None:
        """The request of `sent` is over; without an answer it may have arrived just now."""
        moment = time.monotonic()
        sooner = 0.0
        if answered:
            self._answers += 1
            self._fastest = min(self._fastest, moment - sent)
            # The first round trips open connections, which later ones don't wait for.
            sooner = self._fastest if self._answers > self._answers_before_trust else 0.0
        self._put(moment - sooner + _SECOND)

    def pause(self, seconds: float) -> None:
        """Send nothing for so long."""
        self._paused_until = max(self._paused_until, time.monotonic() + seconds)

    async def close(self) -> None:
        """Let nobody go from now on, and return when nothing is under way."""
        self._is_closed = True
        if self._under_way:
            await self._quiet.wait()

    def _put(self, free_at: float) -> None:
        self._under_way -= 1
        if self._is_closed and not self._under_way:
            self._quiet.set()
        heapq.heappush(self._tokens, free_at)
        self._serve()

    def _serve(self) -> None:
        """Let those go whose time it is, and come again when it is the next one's."""
        moment = time.monotonic()
        while self._waiting and not self._is_closed:
            if self._waiting[0].done():
                self._waiting.popleft()
                continue
            if not self._tokens or self._under_way >= self._most_under_way():
                return
            next_at = max(self._tokens[0], self._due, self._paused_until)
            if next_at > moment:
                self._come_again(next_at - moment)
                return
            heapq.heappop(self._tokens)
            self._due = max(self._due, moment - _LATE) + self._pace
            self._under_way += 1
            self._waiting.popleft().set_result(None)

    def _most_under_way(self) -> int:
        needed = 0 if math.isinf(self._fastest) else int(2 * self._limit * self._fastest)
        return min(self._at_once, _ALWAYS_UNDER_WAY + needed)

    def _come_again(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._serve)
