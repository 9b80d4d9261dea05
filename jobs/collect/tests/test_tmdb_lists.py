"""TMDB's lists, read in parts where they have more pages than may be asked for."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from cinecote_collect.tmdb.answers import Listed, Page
from cinecote_collect.tmdb.lists import changed

FIRST = date(2026, 11, 1)
DAY = timedelta(days=1)


class Changes:
    """Stands in for TMDB's changes: so many pages a day, of each of which film number `day` is told."""

    def __init__(self, pages_a_day: Mapping[date, int]) -> None:
        self._pages = pages_a_day
        self.windows: list[tuple[date, date]] = []

    async def ask(self, _path: str, query: Mapping[str, str], _read: Callable[[bytes], Any]) -> Page:
        begin, end = date.fromisoformat(query["start_date"]), date.fromisoformat(query["end_date"])
        self.windows.append((begin, end))
        told = [day for day in self._pages if begin <= day < end]
        ids = [Listed(id=day.day) for day in told]
        pages = sum(self._pages[day] for day in told)
        return Page(page=int(query["page"]), results=ids, total_pages=pages, total_results=len(ids))


def read(changes: Changes) -> set[int] | None:
    return asyncio.run(changed(changes, FIRST, FIRST + 19 * DAY))  # type: ignore[arg-type]


def test_a_window_with_too_many_pages_is_halved_and_no_day_is_left_out() -> None:
    # Of a busy week nine days are over 500 pages.
    changes = Changes({FIRST + number * DAY: 57 for number in range(20)})

    assert read(changes) == set(range(1, 21))
    assert max(end - begin for begin, end in changes.windows) <= 14 * DAY


@pytest.mark.parametrize("pages", [500, 501])
def test_where_one_day_alone_has_too_many_nothing_is_told_of_changes(pages: int) -> None:
    found = read(Changes({FIRST + 3 * DAY: pages, FIRST + 5 * DAY: 1}))

    assert found == ({4, 6} if pages == 500 else None)
