"""Purge: what may not be kept any longer goes, and nothing else does."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, insert, select, update

from cinecote.database import connect, job_lock, now, write_rows
from cinecote.tables import film_words, films, job_runs, predictions, rejections
from cinecote_collect.interruption import Interruption
from cinecote_collect.purging import Purge

from .conftest import Site
from .test_command import FILM, tmdb_file, tmdb_film

KEPT = timedelta(days=180)


@pytest.fixture
def engine(server_site: Site) -> Iterator[Engine]:
    engine = connect(server_site.url)
    yield engine
    engine.dispose()


def collect_both(site: Site) -> None:
    """A film that expires with a rejected row, and one that doesn't with another."""
    assert site.run("csv", tmdb_file(site, tmdb_film(949), tmdb_film("x"))).returncode == 0
    assert site.run("csv", site.write("own.csv", [FILM, ["Late", "soon", *FILM[2:]]])).returncode == 0


def grow_older(engine: Engine, age: timedelta) -> None:
    """As if all of it had been collected `age` earlier."""
    with engine.begin() as connection:
        for table, fetched in ((films, films.c.fetched_at), (rejections, rejections.c.rejected_at)):
            expires = now() - age + KEPT
            connection.execute(update(table).values({fetched: now() - age}))
            connection.execute(update(table).where(table.c.expires_at.is_not(None)).values(expires_at=expires))
    # No connection to a file may be open where the command is run in a copy of this process.
    engine.dispose()


def log_prediction(engine: Engine, age: timedelta) -> None:
    said = {"request_id": "r", "model": "m", "version": "1", "role": "champion", "films": 1}
    with engine.begin() as connection:
        written = {**said, "at": now() - age, "inputs": json.dumps([[1]]), "probabilities": json.dumps([[1]])}
        connection.execute(insert(predictions).values(written))
    engine.dispose()


def counts(site: Site) -> list[int]:
    tables = (films, film_words, rejections, predictions)
    return [site.rows(select(func.count()).select_from(table))[0][0] for table in tables]


def last_run(site: Site) -> tuple[Any, ...]:
    return site.rows(
        select(job_runs.c.job, job_runs.c.status, job_runs.c.counts).order_by(job_runs.c.id.desc()).limit(1)
    )[0]


def test_nothing_goes_the_day_before_it_expires(server_site: Site, engine: Engine) -> None:
    collect_both(server_site)
    grow_older(engine, KEPT - timedelta(days=1))
    log_prediction(engine, KEPT - timedelta(days=1))
    before = counts(server_site)

    assert server_site.run("purge").returncode == 0

    assert counts(server_site) == before == [2, 2, 2, 1]
    assert last_run(server_site) == ("purge", "succeeded", {"films": 0, "rejections": 0, "predictions": 0})


def test_expired_films_go_with_their_words_and_rejected_rows_and_old_predictions_and_ones_own_films_stay(
    server_site: Site, engine: Engine
) -> None:
    collect_both(server_site)
    grow_older(engine, KEPT)
    log_prediction(engine, KEPT + timedelta(minutes=1))
    log_prediction(engine, KEPT - timedelta(minutes=1))

    done = server_site.run("purge")

    assert done.returncode == 0
    assert server_site.rows(select(films.c.source)) == [("csv",)] == server_site.rows(select(rejections.c.source))
    assert server_site.rows(select(film_words.c.word)) == [("amelie",)]
    assert counts(server_site) == [1, 1, 1, 1]
    assert last_run(server_site) == ("purge", "succeeded", {"films": 1, "rejections": 1, "predictions": 1})
    assert "predictions" in done.stdout


def test_predictions_are_kept_as_many_days_as_is_set_and_never_more_than_tmdb_allows(
    site: Site,
) -> None:
    engine = connect(site.url)
    log_prediction(engine, timedelta(days=8))
    engine.dispose()

    assert site.run("purge", CINECOTE_PREDICTION_DAYS="7").returncode == 0
    assert counts(site)[-1] == 0
    assert site.run("purge", CINECOTE_PREDICTION_DAYS="181").returncode == 2


def test_beside_a_collecting_it_ends_with_3_and_deletes_nothing(server_site: Site, engine: Engine) -> None:
    collect_both(server_site)
    grow_older(engine, KEPT)

    with job_lock(engine, "collect"):
        assert server_site.run("purge").returncode == 3

    assert counts(server_site)[0] == 2


class InterruptedAt(Interruption):
    """Asked to stop after so many looks."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        self._looks = looks

    def check(self) -> None:
        self._looks -= 1
        if self._looks < 0:
            raise KeyboardInterrupt


def test_stopped_half_way_it_keeps_what_it_did_says_so_and_goes_on_later(server_site: Site, engine: Engine) -> None:
    facts = {"source": "tmdb", "genres": [], "status": "Released", "content_hash": "", "fetched_at": now()}
    expired = [
        {**facts, "source_id": str(n), "title": f"Film {n}", "expires_at": now() - timedelta(seconds=1)}
        for n in range(3_000)
    ]
    with engine.begin() as connection:
        write_rows(connection, films, expired)

    with pytest.raises(KeyboardInterrupt):
        Purge(engine, 180, InterruptedAt(looks=3)).run()

    assert counts(server_site)[0] == 1_000
    assert last_run(server_site) == ("purge", "interrupted", {"films": 2_000, "rejections": 0, "predictions": 0})
    assert server_site.run("purge").returncode == 0
    assert counts(server_site)[0] == 0
