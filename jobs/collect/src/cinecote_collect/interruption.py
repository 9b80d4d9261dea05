"""Ctrl-C and SIGTERM: the first one lets the batch in hand end, the second one doesn't wait."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Interruption:
    """Whether somebody asked for the run to stop."""

    def __init__(self) -> None:
        self._asked = False

    @property
    def asked(self) -> bool:
        return self._asked

    def check(self) -> None:
        """KeyboardInterrupt where a stop was asked for."""
        if self._asked:
            raise KeyboardInterrupt

    def ask(self, _signal: int, _frame: FrameType | None) -> None:
        """Handle a signal."""
        self.check()
        self._asked = True


@contextmanager
def interruptible() -> Iterator[Interruption]:
    """Collect the requests to stop for the time of the block, in the main thread."""
    interruption = Interruption()
    before = {number: signal.signal(number, interruption.ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield interruption
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
