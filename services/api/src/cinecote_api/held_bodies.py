"""The memory that JSON bodies take while they are read and worked on."""

from types import TracebackType

from cinecote_api.problems.problems import BUSY, unavailable

MOST_HELD = 64 * 1024 * 1024
"""Bytes of all bodies: sixteen of the largest, or hundreds of which none ever ends."""

_RETRY_AFTER_S = 2


class HeldBody:
    """Counts what one body takes among what all take, until the end of its block; on the event loop's thread."""

    held = 0
    """Bytes that are held by this process, as its memory is, over all its applications."""

    def __init__(self) -> None:
        self._bytes = 0

    def __enter__(self) -> "HeldBody":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        HeldBody.held -= self._bytes

    def take(self, size: int) -> None:
        """Hold `size` bytes more; Problem 503 where all would be too many."""
        if HeldBody.held + size > MOST_HELD:
            raise unavailable(BUSY, "too many bodies are on their way or worked on", _RETRY_AFTER_S)
        HeldBody.held += size
        self._bytes += size
