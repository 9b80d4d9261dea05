"""The requests that wait for one event loop, and how many may."""

import random
from asyncio import AbstractEventLoop
from collections import deque
from collections.abc import Callable
from time import monotonic, thread_time
from weakref import WeakKeyDictionary

_SECONDS_AT_ONCE = 0.005
_LONGEST_QUEUE_S = 0.1
_SHORTEST_ABSENCE_S = 1.0
_LONGEST_ABSENCE_S = 30.0
# Of the time, so much may go into refusing: a caller who is refused comes back, and is refused again.
_SHARE_FOR_REFUSALS = 0.05
_WEIGHT_OF_THE_NEWEST = 0.05
_SECONDS_A_REQUEST_AT_FIRST = 0.0002


class Load:
    """Has requests wait when more have arrived than can be answered at once, for a tenth of a second at most.

    A loop reads all that has arrived before it turns to anything else, and accepts few connections in between. What it
    reads is answered in that step as long as this takes some milliseconds; the rest is put here and answered some at a
    time, between which it reads and accepts again. So a probe is answered at once, however many wait.
    """

    def __init__(self, loop: AbstractEventLoop) -> None:
        self._call_soon = loop.call_soon
        self._jitter = random.Random()  # noqa: S311 (guards nothing)
        self._waiting: deque[Callable[[], None]] = deque()
        self._seconds_a_request = _SECONDS_A_REQUEST_AT_FIRST
        self._reading_since: float | None = None
        self._refused_at: float | None = None
        self._seconds_a_refusal = 0.0
        self._away = 0

    def is_busy(self) -> bool:
        """Whether what is read now has to wait for its turn."""
        if self._waiting:
            return True
        now = monotonic()
        if self._reading_since is None:
            self._reading_since = now
            # Called when all has been read.
            self._call_soon(self._stop_reading)
        return now - self._reading_since > _SECONDS_AT_ONCE

    def is_full(self) -> bool:
        """Whether as many wait as can be answered soon."""
        return len(self._waiting) * self._seconds_a_request > _LONGEST_QUEUE_S

    def put(self, answer: Callable[[], None]) -> None:
        """Have `answer` called when it is its turn."""
        if not self._waiting:
            self._call_soon(self._work)
        self._waiting.append(answer)

    def send_away(self) -> float:
        """Seconds for which a caller who is refused now is not to be heard."""
        now = monotonic()
        if self._refused_at is not None:
            # What lies between two refusals is what one takes, with its reading and writing.
            self._seconds_a_refusal += _WEIGHT_OF_THE_NEWEST * (now - self._refused_at - self._seconds_a_refusal)
        self._refused_at = now
        self._away += 1
        needed = self._away * self._seconds_a_refusal / _SHARE_FOR_REFUSALS
        # Not all at once again.
        return min(max(_SHORTEST_ABSENCE_S, needed), _LONGEST_ABSENCE_S) * self._jitter.uniform(1.0, 1.5)

    def come_back(self) -> None:
        """Who was sent away is heard again."""
        self._away -= 1

    def _stop_reading(self) -> None:
        self._reading_since = self._refused_at = None

    def _work(self) -> None:
        began = now = monotonic()
        began_working = thread_time()
        answered = 0
        try:
            while self._waiting and now - began < _SECONDS_AT_ONCE:
                answered += 1
                self._waiting.popleft()()
                now = monotonic()
        finally:
            if self._waiting:
                self._call_soon(self._work)
        # Time of the processor: on a busy node the clock tells mostly of others, and few would seem too many.
        seconds = (thread_time() - began_working) / answered
        self._seconds_a_request += _WEIGHT_OF_THE_NEWEST * (seconds - self._seconds_a_request)


# Weak, or the loop of a server that has ended would be kept for its load's sake.
_loads: WeakKeyDictionary[AbstractEventLoop, Load] = WeakKeyDictionary()


def load_of(loop: AbstractEventLoop) -> Load:
    """The load of this loop, over all its connections."""
    load = _loads.get(loop)
    if load is None:
        load = _loads[loop] = Load(loop)
    return load
