"""Answers of TMDB's that none can be made of, for good: counted, kept apart, and asked for again later."""

import pytest
from sqlalchemy import select
from tests.fake_tmdb.running import FakeTmdb, running

from cinecote.exits import Refused
from cinecote.tables import pass_films, rejections
from cinecote_collect.rules import Rule
from cinecote_collect.tmdb.passes import Ids

from .conftest import Site
from .tmdb_films import assert_equal_to_the_server_s, expected
from .tmdb_here import Here

ODD_ROWS = [{"id": "x"}, {"id": -4}, {"id": True}, {"id": 99_999_999_999}, {"id": 7, "adult": "maybe"}, {}, 17, None]
UNUSABLE = select(rejections.c.line, rejections.c.raw_row).where(rejections.c.rule == Rule.ANSWER_UNUSABLE.value)
STATES = select(pass_films.c.film_id, pass_films.c.state)


def test_a_film_that_no_answer_tells_of_is_rejected_once_a_pass_and_stored_when_one_does(
    server_site: Site, tmdb: FakeTmdb, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = Here(server_site, tmdb, monkeypatch)
    broken = next(film_id for film_id, film in tmdb.films().items() if expected(film))
    tmdb.control("mood", broken=[broken])

    for _ in range(2):
        run = here.collect()
        assert (run.fetched.failed, run.tally.rules[Rule.ANSWER_UNUSABLE]) == (1, 1)
        assert [row for row in server_site.rows(UNUSABLE) if row[0] == broken] == [(broken, {"id": str(broken)})]
        assert server_site.rows(STATES) == [(broken, "failed")]

    tmdb.control("mood", broken=[])
    assert here.collect().tally.new == 1
    assert server_site.rows(STATES) == []
    assert_equal_to_the_server_s(server_site, tmdb)


@pytest.mark.parametrize("ids", ["discover", "export"])
def test_a_list_s_rows_that_can_t_be_are_kept_apart_and_its_films_collected(
    site: Site, monkeypatch: pytest.MonkeyPatch, ids: Ids
) -> None:
    with running(films=100, limit=500, absurd=0) as tmdb:
        tmdb.control("mood", odd_rows=ODD_ROWS)
        # The last line of the file of ids has no end.
        films = tmdb.films()
        last, whole = max(films), next(film for film in films.values() if expected(film))
        tmdb.control("edit", id=last, facts=whole | {"id": last})

        run = Here(site, tmdb, monkeypatch).collect(ids=ids)

        assert run.tally.rules[Rule.ANSWER_UNUSABLE] == len(ODD_ROWS)
        assert [line for line, _ in site.rows(UNUSABLE)] == [0] * len(ODD_ROWS)
        assert_equal_to_the_server_s(site, tmdb)


def test_films_of_the_file_of_ids_that_can_t_be_are_kept_apart(
    site: Site, tmdb: FakeTmdb, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Here(site, tmdb, monkeypatch).collect(ids="export")

    assert run.tally.rejected > 0
    assert_equal_to_the_server_s(site, tmdb)


def test_changes_of_which_most_can_t_be_read_are_refused_and_read_again(
    collected: Site, tmdb: FakeTmdb, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = Here(collected, tmdb, monkeypatch)
    film = next(film for film in tmdb.films().values() if expected(film))
    tmdb.control("edit", id=film["id"], facts={"title": "Anew"})
    tmdb.control("mood", odd_rows=[{"id": f"x{number}"} for number in range(30)])

    with pytest.raises(Refused, match="30 of 31 rows of a list can't be read"):
        here.collect()

    tmdb.control("mood", odd_rows=[])
    assert here.collect().tally.changed == 1
