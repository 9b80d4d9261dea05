"""Collecting from TMDB in its worst mood, killed and run again."""

import random
import signal
import time
from collections.abc import Iterator

import pytest
from sqlalchemy import select
from tests.fake_tmdb.running import WORST, FakeTmdb, running

from cinecote.tables import rejections
from cinecote_collect.rules import Rule

from .conftest import Site
from .tmdb_films import asked, assert_equal_to_the_server_s, assert_polite, collect_with_kills, done, expected

LIMIT = 300


@pytest.fixture
def worst() -> Iterator[FakeTmdb]:
    with running(films=2_000, limit=LIMIT, **WORST) as tmdb:
        yield tmdb


def test_killed_at_random_and_run_again_it_ends_with_exactly_the_valid_films(
    server_site: Site, worst: FakeTmdb
) -> None:
    chance = random.Random(3)

    assert collect_with_kills(server_site, worst, 4, LIMIT, chance) >= 2

    assert_equal_to_the_server_s(server_site, worst)
    assert_polite(worst)
    assert len(worst.report()["faults"]) > 10


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_asked_to_stop_it_stores_what_it_has_within_five_seconds_and_goes_on_later(
    server_site: Site, number: signal.Signals
) -> None:
    with running(films=600, limit=100, delay=0.05) as tmdb:
        fast = {**tmdb.settings, "CINECOTE_TMDB_REQUESTS_PER_SECOND": "100"}
        process = server_site.start("tmdb", **fast)
        while not done(server_site):
            time.sleep(0.1)
        process.send_signal(number)
        told = time.monotonic()
        _, said = process.communicate(timeout=60)
        assert time.monotonic() - told < 5

        assert (process.returncode, said.splitlines()[-1]) == (130, "interrupted; run the same command again to go on")
        answered = {int(film_id) for film_id, (_, times) in tmdb.control("asked").items() if times}
        waiting = answered - done(server_site)
        assert not [film for film_id, film in tmdb.films().items() if film_id in waiting and expected(film)]

        assert "films to ask for; cinecote-collect tmdb goes on there" in server_site.run("status").stdout

        assert server_site.run("tmdb", **fast).returncode == 0
        assert "is over; cinecote-collect tmdb asks for what changed since" in server_site.run("status").stdout
        # What breaks a rule is asked for three times, and from the first again where it was being asked for.
        assert set(asked(tmdb).values()) <= {1, 3, 4, 5}
        assert_equal_to_the_server_s(server_site, tmdb)


def test_where_tmdb_is_away_the_run_fails_and_goes_on_later_with_no_film_rejected_for_it(site: Site) -> None:
    with running(films=200, limit=200) as tmdb:
        fast = {**tmdb.settings, "CINECOTE_TMDB_REQUESTS_PER_SECOND": "20"}
        process = site.start("tmdb", **fast)
        while not done(site):
            time.sleep(0.1)
        tmdb.control("mood", faults=1, only="offline")
        _, said = process.communicate(timeout=120)

        assert process.returncode == 1
        assert "TMDB has given no usable answer for" in said
        assert not site.rows(select(rejections.c.id).where(rejections.c.rule == Rule.ANSWER_UNUSABLE))

        tmdb.control("mood", faults=0)
        assert site.run("tmdb", **fast).returncode == 0
        assert_equal_to_the_server_s(site, tmdb)


def test_while_one_run_collects_another_one_ends_with_3(server_site: Site) -> None:
    with running(films=300, delay=0.05) as tmdb:
        process = server_site.start("tmdb", **tmdb.settings)
        while not done(server_site):
            time.sleep(0.1)

        second = server_site.run("tmdb", **tmdb.settings)

        assert (second.returncode, second.stdout) == (3, "")
        process.kill()
        process.communicate()
