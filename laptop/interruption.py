"""The signals that end a story."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Interruption:
    """The first SIGINT, SIGTERM or SIGHUP as KeyboardInterrupt; later ones change nothing, for all is ending then."""

    def __init__(self) -> None:
        self._asked = False
        self._held = False

    def listen(self) -> None:
        # SIGINT too: a shell starts what it puts in the background with SIGINT ignored.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Have a signal wait for the end of the block."""
        asked_before = self._asked
        self._held = True
        try:
            yield
        finally:
            self._held = False
        if self._asked and not asked_before:
            raise KeyboardInterrupt

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        first, self._asked = not self._asked, True
        if first and not self._held:
            raise KeyboardInterrupt
