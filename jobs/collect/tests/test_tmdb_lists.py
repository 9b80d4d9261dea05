"""TMDB's lists, read in parts where they have more pages than may be asked for."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from cinecote.exits import CommandError
from cinecote_collect.tmdb.answers import Listed, Page
from cinecote_collect.tmdb.filters import Filters
from cinecote_collect.tmdb.lists import changed, discovered

FIRST = date(2026, 11, 1)
DAY = timedelta(days=1)


class Changes:
    """Stands in for TMDB's changes: so many pages a day, of each of which film number `day` is told."""

    def __init__(self, pages_a_day: Mapping[date, int]) -> None:
        self._pages = pages_a_day
        self.windows: list[tuple[date, date]] = []
        self.untold = 0

    async def ask(self, _path: str, query: Mapping[str, str], _read: Callable[[bytes], Any]) -> Page:
        begin, end = date.fromisoformat(query["start_date"]), date.fromisoformat(query["end_date"])
        self.windows.append((begin, end))
        told = [day for day in self._pages if begin <= day < end]
        films = [Listed(id=day.day) for day in told]
        return Page(films, [], sum(self._pages[day] for day in told), len(films) + self.untold)


def read(changes: Changes) -> set[int] | None:
    found = asyncio.run(changed(changes, FIRST, FIRST + 19 * DAY))  # type: ignore[arg-type]
    return None if found is None else found.ids


def test_a_window_with_too_many_pages_is_halved_and_no_day_is_left_out() -> None:
    # Of a busy week nine days are over 500 pages.
    changes = Changes({FIRST + number * DAY: 57 for number in range(20)})

    assert read(changes) == set(range(1, 21))
    assert max(end - begin for begin, end in changes.windows) <= 14 * DAY


@pytest.mark.parametrize("pages", [500, 501])
def test_where_one_day_alone_has_too_many_nothing_is_told_of_changes(pages: int) -> None:
    found = read(Changes({FIRST + 3 * DAY: pages, FIRST + 5 * DAY: 1}))

    assert found == ({4, 6} if pages == 500 else None)


def test_a_list_that_never_tells_all_of_its_films_is_told_of() -> None:
    changes = Changes({FIRST: 1})
    changes.untold = 1

    with capture_logs() as logs:
        assert read(changes) == {1}

    assert {(log["log_level"], log["seen"], log["told"]) for log in logs} == {("warning", 0, 1), ("warning", 1, 2)}


class Releases:
    """Stands in for TMDB's list of releases: so many pages a day, and of a window one film, its first day's number."""

    def __init__(self, pages_a_day: int, *, too_long: date | None = None) -> None:
        self._pages = pages_a_day
        self._too_long = too_long

    async def ask(self, _path: str, query: Mapping[str, str], _read: Callable[[bytes], Any]) -> Page:
        begin, end = (date.fromisoformat(query[f"primary_release_date.{side}"]) for side in ("gte", "lte"))
        days = (end - begin).days + 1
        busy = self._too_long is not None and begin <= self._too_long <= end
        return Page([Listed(id=begin.day)], [], self._pages * days + 500 * busy, 1)


async def read_releases(releases: Releases) -> list[tuple[date, set[int]]]:
    windows = discovered(releases, Filters(), FIRST, FIRST + 3 * DAY)  # type: ignore[arg-type]
    return [(day, found.ids) async for day, found in windows]


def test_releases_are_read_in_windows_of_500_pages_at_most() -> None:
    assert asyncio.run(read_releases(Releases(250))) == [(FIRST + DAY, {1}), (FIRST + 3 * DAY, {3})]


def test_a_day_of_more_releases_than_can_be_listed_is_said() -> None:
    with pytest.raises(CommandError, match=r"over 500 pages of films released on 2026-11-03"):
        asyncio.run(read_releases(Releases(1, too_long=FIRST + 2 * DAY)))
