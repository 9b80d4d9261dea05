"""Windows of a list, read beside each other."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import aclosing
from datetime import date, timedelta

import pytest

from cinecote_collect.tmdb.windows import DayTooLong, read_in_order

FIRST = date(2026, 11, 1)
DAY = timedelta(days=1)
Read = Callable[[date, date], Coroutine[None, None, int | None]]


async def told(read: Read, days: int) -> list[tuple[date, int]]:
    async with asyncio.timeout(10):
        return [each async for each in read_in_order(FIRST, FIRST + (days - 1) * DAY, read)]


async def by_the_day(begin: date, end: date) -> int | None:
    return begin.day if begin == end else None


def test_a_window_that_is_too_long_is_halved_and_no_day_is_left_out() -> None:
    assert asyncio.run(told(by_the_day, 21)) == [(FIRST + number * DAY, number + 1) for number in range(21)]


def test_a_day_is_told_after_those_before_it_although_it_was_read_sooner() -> None:
    third_is_read = asyncio.Event()

    async def read(begin: date, end: date) -> int | None:
        if end == FIRST:
            await third_is_read.wait()
        if begin == end == FIRST + 2 * DAY:
            third_is_read.set()
        return await by_the_day(begin, end)

    assert asyncio.run(told(read, 4)) == [(FIRST + number * DAY, number + 1) for number in range(4)]


def test_four_are_read_at_once_and_no_more_however_often_they_are_halved() -> None:
    under_way: set[tuple[date, date]] = set()
    most = 0

    async def read(begin: date, end: date) -> int | None:
        nonlocal most
        under_way.add((begin, end))
        most = max(most, len(under_way))
        # The earlier ones are short: it is they that are halved, again and again.
        await asyncio.sleep(0.001 if begin == FIRST else 0.02)
        under_way.remove((begin, end))
        return await by_the_day(begin, end)

    assert len(asyncio.run(told(read, 64))) == 64
    assert most == 4


def test_a_fault_ends_the_reading_of_all_at_once() -> None:
    was_cancelled = False

    async def read(begin: date, end: date) -> int | None:
        nonlocal was_cancelled
        if begin > FIRST:
            raise ValueError(begin)
        try:
            return None if end > FIRST + DAY else await asyncio.Event().wait()
        except asyncio.CancelledError:
            was_cancelled = True
            raise

    with pytest.raises(ValueError, match="2026-11-03"):
        asyncio.run(told(read, 4))

    assert was_cancelled


def test_whoever_stops_listening_ends_the_reading() -> None:
    under_way = 0

    async def read(begin: date, end: date) -> int | None:
        nonlocal under_way
        if begin > FIRST and begin == end:
            under_way += 1
            try:
                await asyncio.Event().wait()
            finally:
                under_way -= 1
        return await by_the_day(begin, end)

    async def listen_to_the_first() -> tuple[date, int]:
        async with aclosing(read_in_order(FIRST, FIRST + 3 * DAY, read)) as windows:
            return await anext(windows)

    async def listen() -> None:
        assert await listen_to_the_first() == (FIRST, 1)
        assert under_way == 0

    asyncio.run(listen())


def test_one_day_that_is_too_long_is_said() -> None:
    async def read(_begin: date, _end: date) -> int | None:
        return None

    with pytest.raises(DayTooLong, match="2026-11-01"):
        asyncio.run(told(read, 4))
