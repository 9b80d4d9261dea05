"""TMDB's lists of films, read whole although films change pages meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import date, timedelta
from functools import partial

from cinecote.exits import CommandError
from cinecote_collect.tmdb.answers import LAST_PAGE, Page, read_page
from cinecote_collect.tmdb.client import GaveUp, Gone, TmdbClient
from cinecote_collect.tmdb.filters import Filters

_WALKS = 10
LONGEST_CHANGES = timedelta(days=14)
_DAY = timedelta(days=1)


async def discovered(
    client: TmdbClient, filters: Filters, first: date, last: date
) -> AsyncIterator[tuple[date, set[int]]]:
    """The ids of the films released from `first` to `last`, each time with the day that they are complete to."""
    ahead = [(first, last)]
    while ahead:
        begin, end = ahead.pop()
        ids = await _walked(client, "/discover/movie", filters.query(begin, end))
        if ids is not None:
            yield end, ids
        elif begin == end:
            raise CommandError(f"TMDB lists over {LAST_PAGE} pages of films released on {begin}: ask for more --votes")
        else:
            middle = begin + (end - begin) // 2
            ahead += [(middle + _DAY, end), (begin, middle)]


async def changed(client: TmdbClient, since: date, today: date) -> set[int] | None:
    """The ids of the films that changed from `since` to `today`; None where those of a day can't all be listed.

    They are read in windows of at most 14 days, halved where one has too many pages. Neighbouring windows share a
    day, since TMDB doesn't say whether a window's last day belongs to it.
    """
    ids: set[int] = set()
    ahead = [(since, today + _DAY)]
    while ahead:
        begin, end = ahead.pop()
        if end - begin <= LONGEST_CHANGES:
            query = {"start_date": begin.isoformat(), "end_date": end.isoformat()}
            window = await _walked(client, "/movie/changes", query)
            if window is not None:
                ids |= window
                continue
        if end - begin <= _DAY:
            return None
        middle = begin + (end - begin) // 2
        ahead += [(middle, end), (begin, middle)]
    return ids


async def _walked(client: TmdbClient, path: str, query: Mapping[str, str]) -> set[int] | None:
    """All ids of a list; None where it has more pages than may be asked for.

    A film that goes to another page between two requests may be missed. So a list is read again until every page of
    it told the same number of films and as many were seen, or until nothing new was seen and no fewer than it has.
    """
    seen: set[int] = set()
    for _ in range(_WALKS):
        first = await _page(client, path, query, 1)
        if first.total_pages > LAST_PAGE:
            return None
        numbers = range(2, first.total_pages + 1)
        pages = [first, *await _all_pages(client, path, query, numbers)]
        listed = {film.id for page in pages for film in page.results if not film.adult}
        new = listed - seen
        seen |= listed
        if _is_whole(pages) or (not new and len(seen) >= pages[-1].total_results):
            break
    return seen


async def _all_pages(client: TmdbClient, path: str, query: Mapping[str, str], numbers: range) -> list[Page]:
    return await asyncio.gather(*(_page(client, path, query, number) for number in numbers))


def _is_whole(pages: list[Page]) -> bool:
    ids = {film.id for page in pages for film in page.results}
    return {page.total_results for page in pages} == {len(ids)}


async def _page(client: TmdbClient, path: str, query: Mapping[str, str], number: int) -> Page:
    try:
        return await client.ask(path, {**query, "page": str(number)}, partial(read_page, number))
    except (GaveUp, Gone) as error:
        raise CommandError(
            f"TMDB's list {path} can't be read, page {number}: {str(error) or 'it is not there'}"
        ) from None
