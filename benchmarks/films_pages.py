"""How long a page of films takes among 10,000 films and among 1,000,000, for every order, direction, depth and filter.

python -m benchmarks.films_pages [--rounds N] [--sort NAME] [--filter NAME] [--cells]
SQLite always; MySQL where CINECOTE_BENCH_MYSQL_URL names a server on which databases may be made.
Filled once, and kept.
"""

import asyncio
import os
import random
import time
from argparse import ArgumentParser
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, make_url, select, text

from benchmarks.film_tables import LONELY_SOURCE, RARE_WORD, filled
from cinecote.settings import LabelSettings
from cinecote.tables import films
from cinecote_api.database_reader import DatabaseAway, DatabaseReader
from cinecote_api.films.cursor import Cursor, write_cursor
from cinecote_api.films.filters import filters_of
from cinecote_api.films.query import SORTS, FilmQuery
from cinecote_api.films.shelf import FilmShelf

SIZES = (10_000, 1_000_000)
GOAL_RATIO = 1.3
SECONDS_ALLOWED = 0.9
PLACES = 20
LABELS = LabelSettings()

FILTERS: Mapping[str, Mapping[str, Any]] = {
    "alone": {},
    "category médiocre": {"category": "médiocre"},
    "category moyen": {"category": "moyen"},
    "category bien": {"category": "bien"},
    "source large": {"source": "tmdb"},
    "source of 3 in 100": {"source": "sample"},
    "source of one film": {"source": LONELY_SOURCE},
    "known revenue": {"known": "revenue"},
    "known all": {"known": "revenue,budget,vote_count,runtime,release_year"},
    "years, one": {"year_min": 1994, "year_max": 1994},
    "years, one of few films": {"year_min": 1921, "year_max": 1921},
    "years, fifty": {"year_min": 1950, "year_max": 1999},
    "search of 500 films": {"search": RARE_WORD},
    "any: common search": {"search": "e"},
    "any: four filters": {
        "category": "bien",
        "year_min": 1994,
        "year_max": 1994,
        "source": "sample",
        "known": "budget",
    },
}
"""What is filtered by; no ratio is asked of those named any."""

Seconds = list[float]


@dataclass(frozen=True, slots=True)
class Cell:
    """A page to ask for, wherever it begins."""

    filter: str
    sort: str
    depth: str


class Shelf:
    """A database of `size` films, read as the api reads it."""

    def __init__(self, url: str, size: int) -> None:
        self.size = size
        self._engine = filled(url, size)
        self._reader = DatabaseReader(url)
        self._shelf = FilmShelf(LABELS)

    def queries(self, cell: Cell) -> list[FilmQuery]:
        """The queries of a cell: the first page, the last, or pages that begin at films taken anywhere."""
        query = FilmQuery(sort=cell.sort, **FILTERS[cell.filter])
        with self._engine.connect() as connection:
            return [
                query.model_copy(update={"cursor": cursor and write_cursor(cursor, query.digest())})
                for cursor in self._places(connection, query, cell.depth)
            ]

    def _places(self, connection: Connection, query: FilmQuery, depth: str) -> Sequence[Cursor | None]:
        if depth == "first":
            return [None]
        column = films.c[query.sort_name]
        met = select(column, films.c.id).where(*filters_of(query, LABELS).conditions())
        if depth == "last":
            order = column if query.falling else column.desc()
            found = connection.execute(met.order_by(column.is_not(None), order, films.c.id.desc()).limit(1).offset(20))
            return [Cursor(*key) for key in found]
        pick = random.Random(7)
        places = (met.where(films.c.id >= pick.randrange(self.size)).order_by(films.c.id) for _ in range(PLACES))
        found_places = (connection.execute(place.limit(1)).first() for place in places)
        return [Cursor(*key) for key in found_places if key is not None]

    def time(self, query: FilmQuery) -> float:
        """Seconds to the page; SECONDS_ALLOWED where it is refused."""

        def page(connection: Connection) -> None:
            self._shelf.page(connection, query)

        begun = time.perf_counter()
        try:
            RUNNER.run(self._reader.read(page, SECONDS_ALLOWED))
        except DatabaseAway:
            return SECONDS_ALLOWED
        return time.perf_counter() - begun


RUNNER = asyncio.Runner()


def measure(shelves: Sequence[Shelf], cell: Cell, rounds: int) -> list[Seconds]:
    """For each shelf the seconds of `rounds` pages, taken in turns so that both meet the same neighbours."""
    queries = [shelf.queries(cell) for shelf in shelves]
    if not all(queries):
        return []
    times: list[Seconds] = [[] for _ in shelves]
    for turn in range(-PLACES, rounds):
        for shelf, asked, taken in zip(shelves, queries, times, strict=True):
            seconds = shelf.time(asked[turn % len(asked)])
            # The first ones fetch the pages from the disk: measured is a place that was read before.
            if turn >= 0:
                taken.append(seconds)
    return times


def p99(seconds: Seconds) -> float:
    return sorted(seconds)[max(0, round(len(seconds) * 0.99) - 1)]


def report(server: str, results: Mapping[Cell, list[Seconds]], cells: bool) -> None:
    pooled: defaultdict[str, list[Seconds]] = defaultdict(lambda: [[], []])
    worst: dict[str, tuple[float, Cell]] = {}
    for cell, times in results.items():
        small, large = (p99(seconds) for seconds in times)
        typical = median(times[1]) / median(times[0])
        if cells:
            print(f"{server:7}{cell.filter:26}{cell.sort:15}{cell.depth:9}{small * 1e3:8.1f} ms{large * 1e3:8.1f} ms"
                  f"   p99 x {large / small:5.2f}   median x {typical:5.2f}")  # fmt: skip
        worst[cell.filter] = max(worst.get(cell.filter, (0.0, cell)), (typical, cell), key=lambda it: it[0])
        for size, seconds in enumerate(times):
            pooled[cell.filter][size] += seconds
    for name, (few, many) in pooled.items():
        ratio, (typical, cell) = p99(many) / p99(few), worst[name]
        print(
            f"{server:7}{name:26}p99 {p99(few) * 1e3:6.1f} -> {p99(many) * 1e3:6.1f} ms, x {ratio:5.2f}"
            f" {'ok  ' if ratio <= GOAL_RATIO or name.startswith('any') else 'MISS'}"
            f"   median x {median(many) / median(few):5.2f}"
            f"   worst cell: median x {typical:.2f} ({cell.sort}, {cell.depth})   slowest {max(many) * 1e3:.0f} ms",
            flush=True,
        )


def servers() -> Iterator[tuple[str, Callable[[int], str]]]:
    folder = Path("var/bench").absolute()
    folder.mkdir(parents=True, exist_ok=True)
    yield "SQLite", lambda size: f"sqlite:///{folder}/films_{size}.db"
    if address := os.environ.get("CINECOTE_BENCH_MYSQL_URL"):
        yield "MySQL", lambda size: _mysql_database(address, f"films_{size}")


def _mysql_database(address: str, name: str) -> str:
    server: Engine = create_engine(address)
    with server.begin() as connection:
        connection.execute(text(f"CREATE DATABASE IF NOT EXISTS {name} CHARACTER SET utf8mb4"))
    server.dispose()
    return make_url(address).set(database=name).render_as_string(hide_password=False)


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--sort", choices=SORTS)
    parser.add_argument("--filter", choices=list(FILTERS))
    parser.add_argument("--server")
    parser.add_argument("--cells", action="store_true", help="print every cell")
    arguments = parser.parse_args()
    sorts = [arguments.sort] if arguments.sort else SORTS
    for server, url in servers():
        if arguments.server and arguments.server != server:
            continue
        shelves = [Shelf(url(size), size) for size in SIZES]
        for name in [arguments.filter] if arguments.filter else FILTERS:
            asked = [Cell(name, sign + sort, at) for sort in sorts for sign in ("-", "") for at in DEPTHS]
            measured = {cell: measure(shelves, cell, arguments.rounds) for cell in asked}
            report(server, {cell: times for cell, times in measured.items() if times}, arguments.cells)


DEPTHS = ("first", "anywhere", "last")

if __name__ == "__main__":
    main()
