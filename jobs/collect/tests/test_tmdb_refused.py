"""`cinecote-collect tmdb` where TMDB tells what can't be: what was there stays, and once it is mended all goes on."""

from contextlib import nullcontext

import pytest
from sqlalchemy import select
from tests.fake_tmdb.running import FakeTmdb

from cinecote.exits import Refused
from cinecote.tables import job_runs

from .conftest import FAST, Site
from .tmdb_films import assert_equal_to_the_server_s, expected
from .tmdb_here import Here

LAST_RUN = select(job_runs.c.status, job_runs.c.counts).order_by(job_runs.c.id.desc()).limit(1)


def edit_all(tmdb: FakeTmdb, **facts: object) -> None:
    for film_id in tmdb.films():
        tmdb.control("edit", id=film_id, facts=facts)


def test_a_list_that_lost_most_films_is_refused_and_keeps_what_was_there(
    collected: Site, tmdb: FakeTmdb, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = collected.content()[0]
    votes = {film_id: film["vote_count"] for film_id, film in tmdb.films().items()}
    for film_id in sorted(votes)[20:]:
        tmdb.control("edit", id=film_id, facts={"vote_count": 0})

    done = collected.run("tmdb", "--full", **tmdb.settings, **FAST)

    assert done.returncode == 4
    assert collected.content()[0] == before
    ((status, counts),) = collected.rows(LAST_RUN)
    assert status == "refused"
    assert "the source lists" in counts["reason"]

    for film_id, count in votes.items():
        tmdb.control("edit", id=film_id, facts={"vote_count": count, "budget": 2_000_000})
    Here(collected, tmdb, monkeypatch).collect()
    assert_equal_to_the_server_s(collected, tmdb)


def test_most_films_gone_are_refused_however_often_and_removed_where_that_is_meant(
    collected: Site, tmdb: FakeTmdb, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = Here(collected, tmdb, monkeypatch)
    before = collected.content()[0]
    tmdb.control("remove", ids=sorted(tmdb.films())[20:])

    # The first answer that says so isn't believed yet.
    assert here.collect().fetched.removed == 0
    for seconds in (1, 0.1, 1):
        here.store_every(seconds)
        with pytest.raises(Refused, match="would be removed"):
            here.collect()
        assert collected.content()[0] == before
    assert collected.rows(LAST_RUN)[0][0] == "refused"

    here.collect(CINECOTE_COLLECT_MIN_VOLUME="0")
    assert_equal_to_the_server_s(collected, tmdb)


def test_a_film_that_tmdb_has_again_on_the_next_look_stays(
    collected: Site, tmdb: FakeTmdb, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = Here(collected, tmdb, monkeypatch)
    before = collected.content()[0]
    film = next(film for film in tmdb.films().values() if expected(film))
    for adult in (True, False, True):
        tmdb.control("edit", id=film["id"], facts={"adult": adult})
        here.collect()

    assert collected.content()[0] == before


def test_an_api_that_tells_no_money_any_more_changes_no_film_in_however_small_batches_and_often(
    collected: Site, tmdb: FakeTmdb, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = Here(collected, tmdb, monkeypatch)
    before = collected.content()[0]
    edit_all(tmdb, revenue=0)

    for seconds in (0.1, 1):
        here.store_every(seconds)
        with pytest.raises(Refused, match="revenue is unknown"):
            here.collect(CINECOTE_COLLECT_MAX_UNKNOWN="revenue=0.9")
        assert collected.content()[0] == before


@pytest.mark.parametrize(("films", "is_refused"), [(10, False), (30, True)])
def test_a_small_pass_is_refused_where_no_chance_can_have_made_it_so(
    collected: Site, tmdb: FakeTmdb, monkeypatch: pytest.MonkeyPatch, films: int, is_refused: bool
) -> None:
    here = Here(collected, tmdb, monkeypatch)
    before = collected.content()[0]
    told = [film for film in tmdb.films().values() if expected(film) and film["revenue"]][:films]
    for film in told:
        tmdb.control("edit", id=film["id"], facts={"revenue": 0})

    with pytest.raises(Refused, match="revenue is unknown in 30 of 30") if is_refused else nullcontext():
        here.collect(CINECOTE_COLLECT_MAX_UNKNOWN="revenue=0.5")

    assert (collected.content()[0] == before) == is_refused
    for film in told:
        tmdb.control("edit", id=film["id"], facts={"revenue": film["revenue"]})
    here.collect(CINECOTE_COLLECT_MAX_UNKNOWN="revenue=0.5")
    assert collected.content()[0] == before
