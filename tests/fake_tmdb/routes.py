"""TMDB's calls: what is asked for, and the answer, which is data or a Refusal."""

import gzip
import json
import re
from datetime import date, timedelta
from typing import Any

from .catalog import Catalog, Film
from .moods import Mood
from .refusals import NOT_FOUND, PAGE, Refusal

PAGE_ROWS = 20
LAST_PAGE = 500
CHANGES_A_PAGE = 100
LONGEST_CHANGES = timedelta(days=14)
EXPORTS_KEPT = timedelta(days=90)
_LISTED = ("adult", "backdrop_path", "id", "original_language", "original_title", "overview", "popularity",
           "poster_path", "release_date", "title", "video", "vote_average", "vote_count")  # fmt: skip
_EXPORTED = ("id", "original_title", "popularity", "adult", "video")
_EXPORT = re.compile(r"/p/exports/movie_ids_(\d\d)_(\d\d)_(\d{4})\.json\.gz")

Query = dict[str, str]


class Routes:
    """Answers from `catalog`, whose lists move as `mood` says."""

    def __init__(self, catalog: Catalog, mood: Mood) -> None:
        self._catalog = catalog
        self._mood = mood
        self._lists: dict[tuple[tuple[str, str], ...], tuple[int, list[int]]] = {}

    def answer(self, path: str, query: Query) -> Any:
        """The body of an answer [base]; Refusal where there is none."""
        if path == "/3/discover/movie":
            return self._with_odd_rows(self._discover(query))
        if path == "/3/movie/changes":
            return self._with_odd_rows(self._changes(query))
        if path == "/3/configuration":
            return {"images": {}, "change_keys": []}
        number = path.removeprefix("/3/movie/")
        if number == path or not number.isdigit() or int(number) not in self._catalog.films:
            raise Refusal(NOT_FOUND)
        if len(query.get("append_to_response", "").split(",")) > 20:
            raise Refusal(27)  # [append_to_response]
        return self._catalog.films[int(number)]

    def export(self, path: str) -> bytes | None:
        """The day's ids, a JSON object a line, gzipped; None where there is no such day's [daily exports]."""
        found = _EXPORT.fullmatch(path)
        if found is None:
            return None
        day = date(int(found[3]), int(found[1]), int(found[2]))
        if not self._catalog.today - EXPORTS_KEPT <= day <= self._catalog.today:
            return None
        films = ({name: film[name] for name in _EXPORTED} for film in self._catalog.listed())
        # The last line needn't end.
        return gzip.compress("\n".join(map(json.dumps, [*self._mood.odd_rows, *films])).encode(), 1)

    def _with_odd_rows(self, page: dict[str, Any]) -> dict[str, Any]:
        rows = self._mood.odd_rows if page["page"] == 1 else []
        total = page["total_results"] + len(self._mood.odd_rows)
        return page | {"results": [*rows, *page["results"]], "total_results": total}

    def _discover(self, query: Query) -> Any:
        """20 rows a page, 500 pages at most, though `total_pages` may say more [paging]."""
        page = _page(query)
        ids = self._listed(query)
        if self._mood.happens(self._mood.vanishing) and len(ids) > 1:
            self._catalog.remove(self._mood.chance.choice(ids))
            ids = self._listed(query)
        if self._mood.happens(self._mood.moving) and len(ids) > PAGE_ROWS:
            _move(ids, page, self._mood)
        shown = [self._catalog.films[each] for each in ids[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]]
        return {
            "page": page,
            "results": [
                {name: film[name] for name in _LISTED} | {"genre_ids": [genre["id"] for genre in film["genres"]]}
                for film in shown
            ],
            "total_pages": -(-len(ids) // PAGE_ROWS),
            "total_results": len(ids),
        }

    def _listed(self, query: Query) -> list[int]:
        key = tuple(sorted((name, value) for name, value in query.items() if name != "page"))
        version, ids = self._lists.get(key, (-1, []))
        if version != self._catalog.version:
            # A film that goes doesn't bring the others back into order.
            if ids and self._mood.moving:
                ids = [each for each in ids if each in self._catalog.films]
            else:
                ids = _sorted([film for film in self._catalog.listed() if _fits(film, query)], query)
            self._lists[key] = self._catalog.version, ids
        return ids

    def _changes(self, query: Query) -> Any:
        """Ids changed from `start_date` on and before `end_date`, of 14 days at most; `adult` may be null [changes]."""
        page, today = _page(query), self._catalog.today
        start = _date(query, "start_date", today - timedelta(days=1))
        end = _date(query, "end_date", today + timedelta(days=1))
        if not timedelta(0) <= end - start <= LONGEST_CHANGES:
            raise Refusal(20)
        days = (day for day in self._catalog.changed if start <= day < end)
        ids = sorted(set().union(*(self._catalog.changed[day] for day in days)))
        shown = ids[(page - 1) * CHANGES_A_PAGE : page * CHANGES_A_PAGE]
        return {
            "results": [{"id": each, "adult": None if each % 33 == 0 else False} for each in shown],
            "page": page,
            "total_pages": -(-len(ids) // CHANGES_A_PAGE),
            "total_results": len(ids),
        }


def _fits(film: Film, query: Query) -> bool:
    """[discover filters]; there is none by status, revenue or budget."""
    language = query.get("with_original_language")
    released = film["release_date"]
    return (
        (not film["adult"] or query.get("include_adult") == "true")
        and (not film["video"] or query.get("include_video") == "true")
        and (released or not any(name.startswith("primary_release_date") for name in query))
        and released >= query.get("primary_release_date.gte", "")
        and released <= query.get("primary_release_date.lte", "9999")
        and _votes(film) >= int(query.get("vote_count.gte", 0))
        and _votes(film) <= int(query.get("vote_count.lte", 1 << 31))
        and (not language or film["original_language"] in language.split("|"))
    )


def _sorted(films: list[Film], query: Query) -> list[int]:
    """[sort_by enum]"""
    by, _, way = query.get("sort_by", "popularity.desc").rpartition(".")
    column = {"primary_release_date": "release_date"}.get(by, by)
    return [film["id"] for film in sorted(films, key=lambda film: str(film[column]), reverse=way == "desc")]


def _votes(film: Film) -> int:
    return film["vote_count"] if isinstance(film["vote_count"], int) else 1_000


def _move(ids: list[int], page: int, mood: Mood) -> None:
    """Films change places across the pages' borders, some of them over one that is being read."""
    for border in (page * PAGE_ROWS, mood.chance.randrange(PAGE_ROWS, len(ids))):
        if border < len(ids):
            other = mood.chance.randrange(max(0, border - 3 * PAGE_ROWS), border)
            ids[other], ids[border] = ids[border], ids[other]


def _page(query: Query) -> int:
    text = query.get("page", "1")
    if not text.isdigit() or not 1 <= int(text) <= LAST_PAGE:
        raise Refusal(PAGE)
    return int(text)


def _date(query: Query, name: str, default: date) -> date:
    try:
        return date.fromisoformat(query[name]) if name in query else default
    except ValueError:
        raise Refusal(23) from None
