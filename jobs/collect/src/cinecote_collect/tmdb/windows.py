"""Windows of days, of each of which a list is read, some of them beside each other."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable
from datetime import date, timedelta
from typing import Any, Generic, TypeVar

_AT_ONCE = 4
_DAY = timedelta(days=1)

Found = TypeVar("Found")
Read = Callable[[date, date], Coroutine[Any, Any, Found | None]]
"""Reads the list of a window, both days included; None where it is too long."""


class DayTooLong(Exception):
    """The list of this one day is too long to be read."""


class _Window(Generic[Found]):
    def __init__(self, begin: date, end: date) -> None:
        self.begin = begin
        self.end = end
        self.reading: asyncio.Task[Found | None] | None = None

    def read(self, read: Read[Found]) -> asyncio.Task[Found | None]:
        """Have it read, beside others; the same task each time."""
        if self.reading is None:
            self.reading = asyncio.create_task(read(self.begin, self.end))
        return self.reading

    def is_over(self) -> bool:
        return self.reading is not None and self.reading.done()

    def parts(self) -> Iterable["_Window[Found]"]:
        """The halves of one that turned out to be too long, the later one first; otherwise itself."""
        ended = self.reading if self.is_over() else None
        if ended is None or ended.exception() or ended.result() is not None or self.begin == self.end:
            return [self]
        middle = self.begin + (self.end - self.begin) // 2
        return [_Window(middle + _DAY, self.end), _Window(self.begin, middle)]


async def read_in_order(first: date, last: date, read: Read[Found]) -> AsyncGenerator[tuple[date, Found], None]:
    """What is found from `first` to `last`, each time with the day that it is complete to.

    Windows are halved where `read` says that they are too long. Where an answer takes long, one window alone leaves
    most of the pace unused: so later ones are read meanwhile, but no more of them than memory is meant for.
    """
    ahead: list[_Window[Found]] = [_Window(first, last)]
    try:
        while ahead:
            # The earliest is at the end, and goes first.
            under_way = [window.read(read) for window in reversed(ahead[-_AT_ONCE:])]
            if not under_way[0].done():
                await asyncio.wait([each for each in under_way if not each.done()], return_when=asyncio.FIRST_COMPLETED)
            ahead = [part for window in ahead for part in window.parts()]
            while ahead and ahead[-1].is_over():
                window = ahead.pop()
                found = await window.read(read)
                if found is None:
                    raise DayTooLong(window.begin)
                yield window.end, found
    finally:
        left = [window.reading for window in ahead if window.reading is not None]
        for each in left:
            each.cancel()
        await asyncio.gather(*left, return_exceptions=True)
