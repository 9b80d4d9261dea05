"""`cinecote-collect tmdb`: what it asks for, what it keeps, and when it leaves TMDB alone."""

import time
from typing import Any

import pytest
from sqlalchemy import func, select, update
from tests.fake_tmdb.running import TOKEN, FakeTmdb, running

from cinecote.database import connect, now
from cinecote.tables import film_words, films, job_runs, pass_films, rejections
from cinecote_collect.rules import Rule

from .conftest import FAST, Site
from .tmdb_films import asked, assert_equal_to_the_server_s, assert_polite, done, expected
from .tmdb_here import Here

LAST_RUN = select(job_runs.c.status, job_runs.c.counts).order_by(job_runs.c.id.desc()).limit(1)
TIMES = select(films.c.source_id, films.c.fetched_at, films.c.expires_at)


def valid(tmdb: FakeTmdb) -> list[int]:
    return sorted(film_id for film_id, film in tmdb.films().items() if expected(film))


def test_exactly_the_valid_films_are_stored_each_as_the_server_has_it(server_site: Site, tmdb: FakeTmdb) -> None:
    run = server_site.run("tmdb", **tmdb.settings, **FAST)

    assert run.returncode == 0, run.stderr
    assert_equal_to_the_server_s(server_site, tmdb)
    assert_polite(tmdb)
    assert TOKEN not in run.stdout + run.stderr
    kept = {rule for (rule,) in server_site.rows(select(rejections.c.rule))}
    assert {Rule.MONEY_IMPOSSIBLE, Rule.TITLE_MISSING} <= kept


def test_the_daily_file_of_ids_leads_to_the_same_films_and_is_sent_no_token(site: Site) -> None:
    with running(films=300, limit=500, absurd=0) as tmdb:
        assert site.run("tmdb", "--ids", "export", **tmdb.settings, **FAST).returncode == 0

        assert_equal_to_the_server_s(site, tmdb)
        paths = tmdb.report()["paths"]
    assert (paths["export"], paths["export with a key"], paths.get("discover")) == (1, 0, None)


def test_only_the_films_that_were_asked_for_are_stored(site: Site, tmdb: FakeTmdb) -> None:
    options = ["--votes", "60", "--years", "1990-2019", "--languages", "fr,ja"]

    assert site.run("tmdb", *options, **tmdb.settings, **FAST).returncode == 0

    wanted = [
        film["id"]
        for film in tmdb.films().values()
        if expected(film, 60) and "1990" <= film["release_date"][:4] <= "2019" and film["original_language"] != "en"
    ]
    assert len(wanted) > 0
    assert sorted(int(film_id) for (film_id,) in site.rows(select(films.c.source_id))) == sorted(wanted)


def test_more_than_500_pages_are_read_in_parts(site: Site) -> None:
    with running(films=13_000, limit=1_000, absurd=0) as tmdb:
        fast = {**tmdb.settings, "CINECOTE_TMDB_REQUESTS_PER_SECOND": "1000"}
        process = site.start("tmdb", "--languages", "en,fr,ja", **fast)
        while not done(site):
            time.sleep(0.1)
        # All is listed once the first film is asked for; ten thousand more would tell nothing new.
        process.terminate()
        _, said = process.communicate(timeout=60)
        assert process.returncode == 130, said

        listed = {film_id for (film_id,) in site.rows(select(pass_films.c.film_id))}
        assert len(listed) > 500 * 20
        assert listed == {film_id for film_id, film in tmdb.films().items() if is_listed(film)}
        assert_polite(tmdb)


def is_listed(film: dict[str, Any]) -> bool:
    """Whether a list of all releases with fifty votes has it."""
    return not film["adult"] and not film["video"] and bool(film["release_date"]) and film["vote_count"] >= 50


def test_a_later_pass_asks_for_what_changed_and_what_is_about_to_expire_alone(collected: Site, tmdb: FakeTmdb) -> None:
    changed, expiring, *_ = valid(tmdb)
    tmdb.control("edit", id=changed, facts={"title": "Anew", "runtime": 99})
    age(collected, expiring)

    assert collected.run("tmdb", **tmdb.settings, **FAST).returncode == 0

    assert set(asked(tmdb)) == {changed, expiring}
    assert collected.counts() == [2, 0, 1, 1, 0]
    assert_equal_to_the_server_s(collected, tmdb)


def age(site: Site, film_id: int) -> None:
    """Have a film expire in a moment, and be fetched long ago."""
    engine = connect(site.url)
    with engine.begin() as connection:
        old = update(films).where(films.c.source_id == str(film_id))
        connection.execute(old.values(expires_at=now(), fetched_at=films.c.expires_at))
    engine.dispose()


def test_an_unchanged_answer_renews_its_times_alone(collected: Site, tmdb: FakeTmdb) -> None:
    film_id = valid(tmdb)[0]
    content, before = collected.content(), {row[0]: row[1:] for row in collected.rows(TIMES)}
    age(collected, film_id)

    assert collected.run("tmdb", **tmdb.settings, **FAST).returncode == 0

    assert collected.content() == content
    after = {row[0]: row[1:] for row in collected.rows(TIMES)}
    fetched, expires = after.pop(str(film_id))
    assert fetched > before.pop(str(film_id))[0]
    assert 170 <= (expires - fetched).days < 180
    assert after == before


def test_films_that_are_gone_or_fit_no_more_twice_are_removed_with_their_words(
    collected: Site, tmdb: FakeTmdb, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = Here(collected, tmdb, monkeypatch)
    before = collected.content()[0]
    gone, unfit, *_ = valid(tmdb)
    tmdb.control("remove", ids=[gone])
    tmdb.control("edit", id=unfit, facts={"adult": True})

    first = here.collect().fetched
    assert (first.gone, first.left_out.total(), first.removed) == (1, 1, 0)
    assert collected.content()[0] == before
    # Nothing announces them any more.
    tmdb.control("quiet", all=True)
    second = here.collect().fetched

    assert (second.gone, second.left_out.total(), second.removed) == (1, 1, 2)
    assert_equal_to_the_server_s(collected, tmdb)
    orphans = select(func.count()).select_from(film_words).where(film_words.c.film_id.not_in(select(films.c.id)))
    assert collected.rows(orphans) == [(0,)]
    ((_, counts),) = collected.rows(LAST_RUN)
    assert (counts["gone"], counts["left_out"], counts["removed"]) == (1, 1, 2)


def test_a_stored_film_that_breaks_a_rule_by_now_stays_as_it_was(
    collected: Site, tmdb: FakeTmdb, monkeypatch: pytest.MonkeyPatch
) -> None:
    film_id = valid(tmdb)[0]
    before = collected.content()[0]
    tmdb.control("edit", id=film_id, facts={"runtime": -5})

    Here(collected, tmdb, monkeypatch).collect()

    assert collected.content()[0] == before
    assert collected.counts() == [1, 0, 0, 0, 1]


@pytest.mark.parametrize("code", [3, 7, 10, 14, 35, 45])
def test_where_the_account_is_refused_it_stops_at_once_with_tmdb_s_words(site: Site, tmdb: FakeTmdb, code: int) -> None:
    tmdb.control("mood", refusal=code)

    run = site.run("tmdb", **tmdb.settings)

    assert run.returncode == 1
    assert run.stderr.splitlines()[-1].startswith("error: TMDB says: ")
    assert f"code {code}" in run.stderr
    assert TOKEN not in run.stderr
    assert tmdb.report()["requests"] == 1


def test_a_wrong_token_is_told_from_a_right_one(site: Site, tmdb: FakeTmdb) -> None:
    run = site.run("tmdb", **(tmdb.settings | {"TMDB_TOKEN": "another-token"}))

    assert run.returncode == 1
    assert "Invalid API key: You must be granted a valid key." in run.stderr
    assert "another-token" not in run.stderr


def test_without_accepted_terms_it_ends_with_4_and_says_what_they_say(site: Site, tmdb: FakeTmdb) -> None:
    run = site.run("tmdb", **(tmdb.settings | {"TMDB_TERMS_ACCEPTED": "false"}))

    assert (run.returncode, run.stderr.count("\n")) == (4, 1)
    assert "machine learning" in run.stderr
    assert "six months" in run.stderr
    assert tmdb.report()["requests"] == 0


def test_without_a_token_it_is_a_usage_error(site: Site) -> None:
    run = site.run("tmdb", TMDB_TERMS_ACCEPTED="true", TMDB_TOKEN="")

    assert (run.returncode, run.stderr.count("\n")) == (2, 1)
    assert "TMDB_TOKEN" in run.stderr
