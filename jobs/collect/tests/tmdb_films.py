"""What a table of TMDB's films must hold, told from the server's own films and by other means than the collector's."""

import json
import os
import random
import signal
import time
from datetime import date
from typing import Any

from sqlalchemy import select
from tests.fake_tmdb.running import FakeTmdb

from cinecote.tables import films, pass_films

from .conftest import Site

_STORED = select(
    films.c.source_id, films.c.title, films.c.release_date, films.c.revenue, films.c.budget, films.c.runtime,
    films.c.vote_count, films.c.vote_average, films.c.genres, films.c.status,
).where(films.c.source == "tmdb")  # fmt: skip
_DONE = select(pass_films.c.film_id).where(pass_films.c.state == "done")


def expected(film: dict[str, Any], votes: int = 50) -> tuple[Any, ...] | None:
    """The row of a film; None where none is to be."""
    unfit = film["adult"] is not False or film["video"] or film["status"] != "Released" or not film["release_date"]
    if unfit or not isinstance(film["vote_count"], int) or film["vote_count"] < votes or not film["title"]:
        return None
    if not all("name" in genre for genre in film["genres"]) or not 0 <= film["vote_average"] <= 10:
        return None
    if not (0 <= film["budget"] <= 1e11 and 0 <= film["revenue"] <= 1e11 and 0 <= (film["runtime"] or 0) <= 1000):
        return None
    try:
        released = date.fromisoformat(film["release_date"])
    except ValueError:
        return None
    return (
        str(film["id"]), " ".join(film["title"].split()), released, _known(film["revenue"]), _known(film["budget"]),
        film["runtime"] or None, film["vote_count"], film["vote_average"], [genre["name"] for genre in film["genres"]],
        "Released",
    )  # fmt: skip


def assert_equal_to_the_server_s(site: Site, tmdb: FakeTmdb) -> None:
    """Exactly the valid films are stored, each as the server has it."""
    stored = {row[0]: (*row[:8], json.loads(row[8]) if isinstance(row[8], str) else row[8], row[9]) for row in
              site.rows(_STORED)}  # fmt: skip
    wanted = {row[0]: row for film in tmdb.films().values() if (row := expected(film)) is not None}

    assert len(wanted) > 0
    assert stored == wanted


def assert_polite(tmdb: FakeTmdb, share: float = 0.0) -> None:
    """Never above the limit in any second, and silent when told to be."""
    report = tmdb.report()
    assert (report["over"], report["impolite"]) == (0, 0), report
    assert report["peak"] <= report["limit"]
    assert report["rate"] >= share * report["limit"]


def done(site: Site) -> set[int]:
    """The films that the pass under way needn't ask for any more."""
    return {film_id for (film_id,) in site.rows(_DONE)}


def asked(tmdb: FakeTmdb) -> dict[int, int]:
    """How often each film was asked for."""
    return {int(film_id): times for film_id, (times, _) in tmdb.control("asked").items()}


def collect_with_kills(site: Site, tmdb: FakeTmdb, kills: int, limit: int, chance: random.Random) -> int:
    """Run to the end, killed at random on the way, and see that no film is asked for again; how often it was killed."""
    settled: dict[int, int] = {}
    struck = 0
    while True:
        process = site.start("tmdb", **tmdb.settings, CINECOTE_TMDB_REQUESTS_PER_SECOND=str(limit))
        if struck < kills:
            time.sleep(1 + chance.random() * 3)
            os.kill(process.pid, signal.SIGKILL) if process.poll() is None else None
        _, said = process.communicate(timeout=1200)
        times = asked(tmdb)
        assert {film_id: times[film_id] for film_id in settled} == settled
        if process.returncode == 0:
            return struck
        if process.returncode == -signal.SIGKILL:
            struck += 1
            settled = {film_id: times[film_id] for film_id in done(site) & times.keys()}
            tmdb.control("pardon")
        else:
            # MySQL notices a lost connection, and frees its lock, a moment after the process is gone.
            assert process.returncode == 3, said


def _known(dollars: int) -> int | None:
    return dollars if dollars >= 1_000 else None
