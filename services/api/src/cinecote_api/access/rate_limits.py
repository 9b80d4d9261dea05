"""How fast one caller may ask."""

import math
from collections.abc import Callable
from time import monotonic

_SECONDS_OF_BURST = 2.0
_MOST_CALLERS = 10_000


class RateLimit:
    """`rate` requests a second for each caller, and what two seconds bring at once; 0 is no limit.

    At most 10,000 callers are remembered: past that the one seen first is forgotten, which only favours it.
    """

    def __init__(self, rate: float, clock: Callable[[], float] = monotonic) -> None:
        self._rate = rate
        self._burst = max(1.0, rate * _SECONDS_OF_BURST)
        self._clock = clock
        self._left: dict[str, tuple[float, float]] = {}

    def __bool__(self) -> bool:
        return self._rate > 0

    def seconds_to_wait(self, caller: str) -> int:
        """0 where `caller` may ask now, which is then counted; otherwise whole seconds until it may."""
        now = self._clock()
        left, since = self._left.pop(caller, (self._burst, now))
        left = min(self._burst, left + (now - since) * self._rate)
        allowed = left >= 1
        self._left[caller] = (left - 1 if allowed else left, now)
        if len(self._left) > _MOST_CALLERS:
            del self._left[next(iter(self._left))]
        return 0 if allowed else math.ceil((1 - left) / self._rate)
