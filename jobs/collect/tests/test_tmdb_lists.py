"""TMDB's lists, read in parts where they have more pages than may be asked for."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from cinecote_collect.tmdb.answers import Listed, Page
from cinecote_collect.tmdb.lists import changed

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
