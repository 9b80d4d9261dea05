"""TMDB's lists of films, read whole although films change pages meanwhile."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import date, timedelta

import structlog

from cinecote.exits import CommandError
from cinecote_collect.tmdb.answers import LAST_PAGE, AbsurdAnswer, Page, read_page
from cinecote_collect.tmdb.client import GaveUp, Gone, TmdbClient
from cinecote_collect.tmdb.filters import Filters
from cinecote_collect.tmdb.windows import DayTooLong, read_in_order

_WALKS = 10
_ABSURD_TRIES = 3
LONGEST_CHANGES = timedelta(days=14)
_DAY = timedelta(days=1)


@dataclass(slots=True)
class Found:
    """Of a list the ids of its films, and the rows that can't be read, as they came."""

    ids: set[int] = field(default_factory=set)
    unreadable: set[str] = field(default_factory=set)

    def __ior__(self, other: "Found") -> "Found":
        self.ids |= other.ids
        self.unreadable |= other.unreadable
        return self


async def discovered(
    client: TmdbClient, filters: Filters, first: date, last: date
) -> AsyncGenerator[tuple[date, Found], None]:
    """The films released from `first` to `last`, each time with the day that they are complete to."""

    async def read(begin: date, end: date) -> Found | None:
        return await _walked(client, "/discover/movie", filters.query(begin, end))

    try:
        async with aclosing(read_in_order(first, last, read)) as windows:
            async for told in windows:
                yield told
    except DayTooLong as day:
        raise CommandError(
            f"TMDB lists over {LAST_PAGE} pages of films released on {day}: ask for more --votes"
        ) from None


async def changed(client: TmdbClient, since: date, today: date) -> Found | None:
    """The films that changed from `since` to `today`; None where those of a day can't all be listed.

    They are read in windows of at most 14 days, halved where one has too many pages. Neighbouring windows share a
    day, since TMDB doesn't say whether a window's last day belongs to it.
    """
    found = Found()
    ahead = [(since, today + _DAY)]
    while ahead:
        begin, end = ahead.pop()
        if end - begin <= LONGEST_CHANGES:
            query = {"start_date": begin.isoformat(), "end_date": end.isoformat()}
            window = await _walked(client, "/movie/changes", query)
            if window is not None:
                found |= window
                continue
        if end - begin <= _DAY:
            return None
        middle = begin + (end - begin) // 2
        ahead += [(middle, end), (begin, middle)]
    return found


async def _walked(client: TmdbClient, path: str, query: Mapping[str, str]) -> Found | None:
    """All of a list; None where it has more pages than may be asked for.

    A film that goes to another page between two requests may be missed. So a list is read again until every page of
    it told the same number of films and as many were seen, or until nothing new was seen and no fewer than it has.
    """
    seen = Found()
    for _ in range(_WALKS):
        first = await _page(client, path, query, 1)
        if first.total_pages > LAST_PAGE:
            return None
        numbers = range(2, first.total_pages + 1)
        pages = [first, *await _all_pages(client, path, query, numbers)]
        listed = {film.id for page in pages for film in page.films if not film.adult}
        is_new = bool(listed - seen.ids)
        seen |= Found(listed, {row for page in pages for row in page.unreadable})
        if _is_whole(pages) or (not is_new and len(seen.ids) + len(seen.unreadable) >= pages[-1].total_results):
            return seen
    structlog.get_logger("cinecote_collect.tmdb").warning(
        "a list changed each time that it was read", path=path, seen=len(seen.ids), told=pages[-1].total_results
    )
    return seen


async def _all_pages(client: TmdbClient, path: str, query: Mapping[str, str], numbers: range) -> list[Page]:
    try:
        async with asyncio.TaskGroup() as group:
            pages = [group.create_task(_page(client, path, query, number)) for number in numbers]
    except ExceptionGroup as faults:
        # The other pages were cancelled: after such a fault nothing more is to be asked.
        raise faults.exceptions[0] from None
    return [page.result() for page in pages]


def _is_whole(pages: list[Page]) -> bool:
    ids = {film.id for page in pages for film in page.films}
    return {page.total_results for page in pages} == {len(ids) + sum(len(page.unreadable) for page in pages)}


async def _page(client: TmdbClient, path: str, query: Mapping[str, str], number: int) -> Page:
    try:
        return await client.ask(path, {**query, "page": str(number)}, _Reader(number).read)
    except (GaveUp, Gone) as error:
        raise CommandError(
            f"TMDB's list {path} can't be read, page {number}: {str(error) or 'it is not there'}"
        ) from None


class _Reader:
    """Reads a page's answers. Rows that can't be may come by chance: those of the third one are believed."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._absurd = 0

    def read(self, body: bytes) -> Page:
        page = read_page(self._number, body)
        self._absurd += bool(page.unreadable)
        if page.unreadable and self._absurd < _ABSURD_TRIES:
            raise AbsurdAnswer(f"a row of page {self._number} can't be read")
        return page
