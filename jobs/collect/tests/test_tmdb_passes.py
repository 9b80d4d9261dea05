"""Which pass is due, by how far the last one came."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from cinecote_collect.tmdb.filters import Filters
from cinecote_collect.tmdb.passes import Pass, next_pass

TODAY = date(2026, 11, 23)
YESTERDAY = TODAY - timedelta(days=1)
FILTERS = Filters()
FULL = Pass(TODAY, FILTERS.said())
LISTING = Pass(YESTERDAY, FILTERS.said(), listed_to=date(1990, 5, 1))


def due(last: Pass | None, *, filters: Filters = FILTERS, full: bool = False) -> Pass:
    return next_pass(last, filters, "discover", TODAY, full=full)


@pytest.mark.parametrize("last", [None, LISTING.at("done")])
def test_the_first_pass_and_one_with_other_filters_is_over_all_films(last: Pass | None) -> None:
    other = Filters(votes=200)

    assert due(last, filters=other) == Pass(TODAY, other.said())


def test_after_a_pass_that_is_over_comes_what_changed_since_the_day_before_it() -> None:
    changes = due(LISTING.at("done"))

    assert changes == replace(FULL, since=YESTERDAY - timedelta(days=1), full=YESTERDAY)
    assert due(replace(changes, began=YESTERDAY).at("done")) == changes


@pytest.mark.parametrize(("days", "is_full"), [(29, False), (30, True)])
def test_thirty_days_after_the_last_full_pass_the_next_one_is_due(days: int, is_full: bool) -> None:
    began = TODAY - timedelta(days=days)
    changes = replace(FULL, began=YESTERDAY, since=YESTERDAY, full=began)

    assert (due(replace(FULL, began=began).at("done")).since is None) == is_full
    assert (due(changes.at("done")).since is None) == is_full


def test_after_changes_whose_cursor_tells_of_no_full_pass_one_is_due() -> None:
    cursor = replace(FULL, began=YESTERDAY, since=YESTERDAY).at("done").text().replace(', "full": null', "")

    assert due(Pass.of(cursor)) == FULL


@pytest.mark.parametrize("full", [False, True])
def test_films_that_a_full_pass_still_wants_are_asked_for_however_long_it_takes(full: bool) -> None:
    last = replace(LISTING, began=TODAY - timedelta(days=20)).at("films")

    assert due(last, full=full) == last


def test_a_list_of_yesterday_is_read_on_and_an_older_one_anew() -> None:
    old = replace(LISTING, began=TODAY - timedelta(days=2))

    assert due(LISTING) == LISTING
    assert due(old) == FULL


def test_where_all_films_are_asked_for_no_list_is_read_on() -> None:
    assert due(LISTING, full=True) == FULL
    assert due(replace(FULL, since=YESTERDAY).at("films"), full=True) == FULL


def test_an_older_list_of_changes_is_read_anew_from_the_same_day() -> None:
    since = TODAY - timedelta(days=9)

    last = replace(FULL, began=TODAY - timedelta(days=8), since=since, full=since)

    assert due(last) == replace(FULL, since=since, full=since)


def test_what_a_cursor_says_is_the_pass() -> None:
    assert Pass.of(LISTING.text()) == LISTING
