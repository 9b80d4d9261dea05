"""The limiter, against a server whose way there and back takes as long as chance has it."""

import asyncio
import random
import time

import pytest

from cinecote_collect.tmdb.limiter import Limiter

LIMIT = 50
WORST = (0.0, 0.05, 0.6)
"""Seconds that a way may take longer than the shortest."""


def most_in_a_second(moments: list[float]) -> int:
    ordered = sorted(moments)
    return max(sum(first <= moment < first + 1 for moment in ordered[place:]) for place, first in enumerate(ordered))


async def arrivals(worst: float) -> list[float]:
    """Of five seconds in which twice as many ask as may be answered, each way there and back up to `worst` longer."""
    chance = random.Random(5)
    limiter = Limiter(LIMIT)
    arrived: list[float] = []
    until = time.monotonic() + 5

    async def ask() -> None:
        while time.monotonic() < until:
            sent = await limiter.take()
            await asyncio.sleep(0.03 + chance.random() * worst)
            arrived.append(time.monotonic())
            await asyncio.sleep(0.02 + chance.random() * worst)
            limiter.give_back(sent, answered=chance.random() > 0.02)

    await asyncio.gather(*(ask() for _ in range(2 * LIMIT)))
    return arrived


@pytest.fixture(scope="module")
def arrivals_by_worst() -> dict[float, list[float]]:
    """Of ways of each length, tried beside each other."""

    async def all_of_them() -> list[list[float]]:
        return await asyncio.gather(*map(arrivals, WORST))

    return dict(zip(WORST, asyncio.run(all_of_them()), strict=True))


@pytest.mark.parametrize("worst", WORST)
def test_however_long_requests_are_on_their_way_no_second_has_more_arrivals_than_the_limit(
    arrivals_by_worst: dict[float, list[float]], worst: float
) -> None:
    arrived = arrivals_by_worst[worst]

    assert len(arrived) > LIMIT
    assert most_in_a_second(arrived) <= LIMIT


def test_no_more_are_let_go_than_may_be_under_way() -> None:
    async def under_way() -> tuple[bool, bool]:
        limiter = Limiter(1_000, at_once=2)
        first, _ = await limiter.take(), await limiter.take()
        third = asyncio.create_task(limiter.take())
        await asyncio.sleep(0.05)
        kept = not third.done()
        limiter.give_back(first, answered=True)
        await third
        return kept, third.done()

    assert asyncio.run(under_way()) == (True, True)


def test_nobody_is_let_go_while_it_pauses_and_whoever_gives_up_costs_no_token() -> None:
    async def pause() -> float:
        limiter = Limiter(1)
        limiter.pause(0.3)
        begun = time.monotonic()
        impatient = asyncio.create_task(limiter.take())
        await asyncio.sleep(0)
        impatient.cancel()
        await limiter.take()
        return time.monotonic() - begun

    assert 0.3 <= asyncio.run(pause()) < 1.3
