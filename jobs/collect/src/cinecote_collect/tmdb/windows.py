"""Windows of days, of each of which a list is read, some of them beside each other."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable
from datetime import date, timedelta
from typing import Any, TypeVar

_AT_ONCE = 4
"""Enough for 1,000 requests a second with answers of 200 ms; what is read of each is held until it is its turn."""
_DAY = timedelta(days=1)

Listing = TypeVar("Listing")
Window = tuple[date, date]
"""Its first and its last day."""


class DayTooLong(Exception):
    """The list of this one day is too long to be read."""


async def read_in_order(
    first: date, last: date, read: Callable[[date, date], Coroutine[Any, Any, Listing | None]]
) -> AsyncGenerator[tuple[date, Listing], None]:
    """What is listed from `first` to `last`, each time with the day that it is complete to.

    `read` reads a window's list; where it gives None, the list is too long, and the window is halved. Where an answer
    takes long, one window alone leaves most of the pace unused: so later ones are read meanwhile. What it raises of
    any of them ends all of it at once.
    """
    # The earliest is at the end, and goes first.
    ahead = [(first, last)]
    begun: dict[Window, asyncio.Task[Listing | None]] = {}
    try:
        while ahead:
            for window in reversed(ahead):
                if window not in begun and len(begun) < _AT_ONCE:
                    begun[window] = asyncio.create_task(read(*window))
            earliest = begun[ahead[-1]]
            if not earliest.done():
                pending = [each for each in begun.values() if not each.done()]
                await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            for window in [each for each, reading in begun.items() if reading.done() and reading.result() is None]:
                del begun[window]
                place = ahead.index(window)
                ahead[place : place + 1] = _halves(*window)
            if earliest.done() and (listing := earliest.result()) is not None:
                del begun[ahead[-1]]
                yield ahead.pop()[1], listing
    finally:
        await _end(begun.values())


def _halves(begin: date, end: date) -> list[Window]:
    """The later one first."""
    if begin == end:
        raise DayTooLong(begin)
    middle = begin + (end - begin) // 2
    return [(middle + _DAY, end), (begin, middle)]


async def _end(tasks: Iterable["asyncio.Task[Any]"]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
