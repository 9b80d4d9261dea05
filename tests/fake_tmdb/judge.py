"""What the server saw: the tests' judge of how politely it was asked."""

import time
from collections import Counter, deque
from typing import Any

_GRACE = 0.4
"""Seconds for which a request may have been on its way when the server said Retry-After."""


class Judge:
    """Counts the API's requests in every window of a second, as they arrive, and each film's questions and answers."""

    def __init__(self, limit: int, on_the_way: float) -> None:
        self.limit = limit
        self._grace = _GRACE + on_the_way
        self._second: deque[float] = deque()
        self._first = self._last = self._late = 0.0
        self._silent_from = self._silent_until = 0.0
        self.requests = self.peak = self.over = self.impolite = 0
        self.paths: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.asked: Counter[int] = Counter()
        self.answered: Counter[int] = Counter()

    def arrived(self, late: float) -> bool:
        """Note a request that is looked at so many seconds `late`; False where it is one too many [rate limit]."""
        moment = time.monotonic()
        # A busy machine lets the server read late what was sent before it said Retry-After.
        self._late = max(late, self._late * 0.99)
        self._first = self._first or moment
        self._last = moment
        self.requests += 1
        while self._second and self._second[0] <= moment - 1:
            self._second.popleft()
        self._second.append(moment)
        self.peak = max(self.peak, len(self._second))
        self.over += len(self._second) > self.limit
        self.impolite += self._silent_from + self._grace + 2 * self._late < moment < self._silent_until
        return len(self._second) <= self.limit

    def silence(self, seconds: float) -> None:
        """From now on nothing may be asked for so long, but for what is on its way [429: Retry-After]."""
        moment = time.monotonic()
        if moment >= self._silent_until:
            self._silent_from = moment
        self._silent_until = max(self._silent_until, moment + seconds)

    def pardon(self) -> None:
        """End the silence: whoever was told of it is dead, and whoever comes next can't know."""
        self._silent_until = 0.0

    def seconds_of_silence(self) -> float:
        return self._silent_until - time.monotonic()

    def report(self) -> dict[str, Any]:
        """`peak` is the most requests in any second, `over` those above the limit, `rate` their number a second."""
        seconds = self._last - self._first
        return {
            "requests": self.requests,
            "peak": self.peak,
            "limit": self.limit,
            "over": self.over,
            "impolite": self.impolite,
            "seconds": seconds,
            "rate": (self.requests - 1) / seconds if seconds else 0.0,
            "paths": self.paths,
            "faults": self.faults,
            "films_asked": len(self.asked),
            "films_asked_times": self.asked.total(),
        }
