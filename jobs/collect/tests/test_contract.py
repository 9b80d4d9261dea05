"""What a run may be like: one that isn't is refused, and what was there stays."""

from typing import Any

import pytest
from sqlalchemy import func, select

from cinecote.exits import Refused
from cinecote.tables import films, job_runs, rejections
from cinecote_collect.contract import Contract
from cinecote_collect.rows import Batch
from cinecote_collect.settings import CollectSettings
from cinecote_collect.tmdb.fetching import unanswered

from .conftest import Site

GOOD = ["Dec 15 1995", 60_000_000, 187_000_000, 170, 700_000, 7.9, "Crime", "R"]
ENDS = select(job_runs.c.status, job_runs.c.counts).order_by(job_runs.c.id)


def good(count: int, first: int = 0) -> list[list[Any]]:
    return [[f"Film {number}", *GOOD] for number in range(first, first + count)]


def changed(rows: list[list[Any]], column: int, value: object) -> list[list[Any]]:
    return [[*row[:column], value, *row[column + 1 :]] for row in rows]


@pytest.fixture
def stored(server_site: Site) -> list[list[str]]:
    """Two hundred films are there."""
    assert server_site.run("csv", server_site.write("good.csv", good(200))).returncode == 0
    return server_site.content()


def test_a_file_of_which_too_much_is_rejected_is_refused_and_changes_no_film(
    server_site: Site, stored: list[list[str]]
) -> None:
    # The first rows are good, and say otherwise than before: they are part of a run that can't be trusted.
    rows = changed(good(20), 3, 1_000_000) + changed(good(180, 20), 1, "soon")

    done = server_site.run("csv", server_site.write("bad.csv", rows), CINECOTE_COLLECT_BATCH_ROWS="500")

    assert (done.returncode, done.stderr.splitlines()[-1]) == (
        4,
        "error: 180 of 200 rows are rejected; a share of 0.25 is the limit",
    )
    assert server_site.content()[:2] == stored[:2]
    (_, _), (status, counts) = server_site.rows(ENDS)
    assert (status, counts["reason"]) == ("refused", "180 of 200 rows are rejected; a share of 0.25 is the limit")
    assert server_site.rows(select(func.count()).select_from(rejections)) == [(180,)]
    assert "the last run was refused: 180 of 200 rows" in server_site.run("status").stdout


def test_what_was_within_the_bounds_before_the_run_left_them_is_kept(server_site: Site) -> None:
    rows = good(150) + changed(good(350, 150), 1, "soon")

    done = server_site.run("csv", server_site.write("bad.csv", rows))

    assert done.returncode == 4
    assert server_site.rows(select(func.count()).select_from(films)) == [(150,)]


def test_a_field_that_has_become_unknown_is_refused_by_its_name(server_site: Site, stored: list[list[str]]) -> None:
    rows = changed(good(200), 5, "")

    done = server_site.run("csv", server_site.write("bad.csv", rows))

    assert done.returncode == 4
    assert "vote_count is unknown in" in done.stderr
    assert server_site.content()[:2] == stored[:2]


def test_a_source_with_fewer_rows_than_any_good_one_is_refused_before_its_first(
    server_site: Site, stored: list[list[str]]
) -> None:
    done = server_site.run(
        "csv", server_site.write("few.csv", changed(good(30), 0, "Anew")), CINECOTE_COLLECT_MIN_ROWS="31"
    )

    assert (done.returncode, done.stderr.splitlines()[-1]) == (
        4,
        "error: the source has 30 rows; at least 31 are expected",
    )
    assert server_site.content() == stored


@pytest.mark.parametrize(("bound", "value"), [("MAX_REJECTED", "1"), ("MAX_UNKNOWN", "vote_count=1,vote_average=1")])
def test_a_bound_can_be_set_anew(server_site: Site, bound: str, value: str) -> None:
    rows = changed(good(200), 1, "soon") if bound == "MAX_REJECTED" else changed(good(200), 5, "")

    done = server_site.run("csv", server_site.write("odd.csv", rows), **{f"CINECOTE_COLLECT_{bound}": value})

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("value", ["revenue", "title=0.5", "revenue=2", "revenue=x"])
def test_a_bound_that_is_none_is_a_usage_error(server_site: Site, value: str) -> None:
    done = server_site.run("sample", CINECOTE_COLLECT_MAX_UNKNOWN=value)

    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "CINECOTE_COLLECT_MAX_UNKNOWN" in done.stderr


def test_a_run_that_goes_on_is_judged_with_what_was_counted_before() -> None:
    bad = Batch(0, 50, [], [unanswered(number, "none") for number in range(50)])
    begun, going_on = Contract(CollectSettings()), Contract(CollectSettings())

    begun.check(bad)
    going_on.go_on(begun.counts())

    with pytest.raises(Refused, match="100 of 100 rows are rejected"):
        going_on.check(bad)
