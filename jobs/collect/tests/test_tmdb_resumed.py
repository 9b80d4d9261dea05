"""Collecting from TMDB in its worst mood, killed and run again."""

import random
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select
from tests.fake_tmdb.running import WORST, running

from cinecote.exits import CommandError
from cinecote.tables import rejections
from cinecote_collect.rules import Rule
from cinecote_collect.tmdb import client

from .conftest import Site
from .tmdb_films import asked, assert_equal_to_the_server_s, assert_polite, done, expected
from .tmdb_here import Here

LIMIT = 300


def test_killed_20_times_it_asks_for_no_stored_film_again_and_ends_with_exactly_the_valid_films(
    server_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(3)
    # Lives that follow at once know nothing of each other's requests; the last one's alone are judged.
    with running(films=2_000, limit=20 * LIMIT, **WORST) as worst:
        here = Here(server_site, worst, monkeypatch)
        here.store_every(0.2)
        settled: dict[int, int] = {}
        for _ in range(20):
            here.collect_until_killed(chance.randint(1, 60), LIMIT)
            times = asked(worst)
            assert {film_id: times[film_id] for film_id in settled} == settled
            settled = {film_id: times[film_id] for film_id in done(server_site) & times.keys()}
            worst.control("pardon")
        assert len(settled) > 100
        faults = worst.report()["faults"]
        time.sleep(1)
        worst.control("forget", limit=LIMIT)

        here.collect(LIMIT)

        assert not settled.keys() & asked(worst).keys()
        assert_equal_to_the_server_s(server_site, worst)
        assert_polite(worst)
        assert len(faults) > 10


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_asked_to_stop_it_stores_what_it_has_within_five_seconds_and_goes_on_later(
    server_site: Site, number: signal.Signals
) -> None:
    with running(films=600, limit=200, delay=0.05) as tmdb:
        fast = {**tmdb.settings, "CINECOTE_TMDB_REQUESTS_PER_SECOND": "200"}
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


def test_a_film_is_given_up_no_sooner_than_it_is_known_whether_tmdb_answers_at_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("random.uniform", lambda least, _most: least)

    assert sum(client._backoff(tries) for tries in range(1, client.TRIES)) > client._LONGEST_SILENCE


def test_where_tmdb_is_away_the_run_fails_and_goes_on_later_with_no_film_rejected_for_it(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No wait before a retry, so none before it is asked whether TMDB is there.
    monkeypatch.setattr(client, "_LONGEST_SILENCE", 0)
    with running(films=600, limit=500, absurd=0) as tmdb, ThreadPoolExecutor(1) as thread:
        here = Here(site, tmdb, monkeypatch)
        here.store_every(0.1)
        run = thread.submit(here.collect)
        while not done(site):
            time.sleep(0.02)
        tmdb.control("mood", faults=1, only="offline")
        with pytest.raises(CommandError, match="TMDB has given no usable answer for"):
            run.result(60)

        assert not site.rows(select(rejections.c.id).where(rejections.c.rule == Rule.ANSWER_UNUSABLE))

        tmdb.control("mood", faults=0)
        here.collect()
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
