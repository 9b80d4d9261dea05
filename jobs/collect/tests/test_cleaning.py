"""Each rule by its name: what it repairs, and what it rejects."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinecote.films import Film
from cinecote_collect.cleaning import Cleaner
from cinecote_collect.layouts import CSV, FIELDS, LAYOUTS, TMDB_5000, TMDB_CSV, Layout
from cinecote_collect.rows import RawRow
from cinecote_collect.rules import Rejected, Rule

AS_OF = date(2026, 11, 23)
SAMPLE = replace(CSV, mac_letters=True)
FACTS = {
    "title": "Heat", "budget": "60000000", "revenue": "187000000", "runtime": "170", "vote_count": "7000",
    "vote_average": "7.9",
}  # fmt: skip
DATES = {"csv": "Dec 15 1995", "tmdb-5000": "1995-12-15", "tmdb-csv": "1995-12-15"}
GENRES = {"csv": "Crime", "tmdb-5000": '[{"id": 80, "name": "Crime"}]', "tmdb-csv": "Crime, Drama"}


def clean(layout: Layout, **facts: str) -> tuple[Film, list[Rule]]:
    row = {**FACTS, "release_date": DATES[layout.name], "genres": GENRES[layout.name], "id": "949", **facts}
    return Cleaner(layout, "source", AS_OF).clean(RawRow(2, tuple(row.get(field, "") for field in FIELDS)))


REPAIRED: list[tuple[Rule, Layout, str, str, Any]] = [
    (Rule.UNKNOWN_WORD, SAMPLE, "revenue", "Unknown", None),
    (Rule.UNKNOWN_WORD, TMDB_CSV, "runtime", " nan ", None),
    (Rule.FRACTION_ROUNDED, TMDB_CSV, "budget", "1999.6", 2000),
    (Rule.FRACTION_ROUNDED, TMDB_5000, "runtime", "99.4", 99),
    (Rule.MONEY_ZERO, TMDB_CSV, "budget", "0", None),
    (Rule.MONEY_ZERO, SAMPLE, "revenue", "0.0", None),
    (Rule.MONEY_SMALL, TMDB_5000, "revenue", "999", None),
    (Rule.MONEY_SMALL, SAMPLE, "budget", "1", None),
    (Rule.RUNTIME_ZERO, TMDB_CSV, "runtime", "0", None),
    (Rule.RATING_ZERO, TMDB_CSV, "vote_average", "0.0", None),
    (Rule.RELEASE_CENTURY, SAMPLE, "release_date", "Dec 30 2027", date(1927, 12, 30)),
    (Rule.RELEASE_CENTURY, SAMPLE, "release_date", "Nov 24 2026", date(1926, 11, 24)),
    (Rule.TITLE_ARTICLE, SAMPLE, "title", "Boot, Das", "Das Boot"),
    (Rule.TITLE_ARTICLE, SAMPLE, "title", "Avventura, L'", "L'Avventura"),
    (Rule.TITLE_ENCODING, SAMPLE, "title", "LÈon", "Léon"),
]


@pytest.mark.parametrize(("rule", "layout", "field", "raw", "mended"), REPAIRED)
def test_a_repair_mends_the_field_and_is_named(rule: Rule, layout: Layout, field: str, raw: str, mended: Any) -> None:
    votes = {"vote_count": "0"} if rule is Rule.RATING_ZERO else {}

    film, repairs = clean(layout, **votes, **{field: raw})

    assert (getattr(film, field), repairs) == (mended, [rule])


REJECTED: list[tuple[Rule, Layout, str, str]] = [
    (Rule.ROW_UNREADABLE, TMDB_CSV, "title", "He\0at"),
    (Rule.ROW_UNREADABLE, TMDB_CSV, "adult", "/poster.jpg"),
    (Rule.ID_UNREADABLE, TMDB_CSV, "id", ""),
    (Rule.ID_UNREADABLE, TMDB_5000, "id", "tt0113277"),
    (Rule.ID_UNREADABLE, TMDB_CSV, "id", "2147483648"),
    (Rule.ADULT, TMDB_CSV, "adult", "True"),
    (Rule.TITLE_MISSING, SAMPLE, "title", " \t "),
    (Rule.TITLE_TOO_LONG, SAMPLE, "title", "x" * 501),
    (Rule.NUMBER_UNREADABLE, SAMPLE, "revenue", "a lot"),
    (Rule.NUMBER_UNREADABLE, SAMPLE, "revenue", "1e400"),
    (Rule.NUMBER_UNREADABLE, SAMPLE, "runtime", "٩٩"),
    (Rule.NUMBER_UNREADABLE, TMDB_CSV, "vote_average", "7,9"),
    (Rule.MONEY_IMPOSSIBLE, SAMPLE, "budget", "-1"),
    (Rule.MONEY_IMPOSSIBLE, TMDB_CSV, "revenue", "1e12"),
    (Rule.RUNTIME_IMPOSSIBLE, SAMPLE, "runtime", "1001"),
    (Rule.RUNTIME_IMPOSSIBLE, SAMPLE, "runtime", "-5"),
    (Rule.VOTES_IMPOSSIBLE, SAMPLE, "vote_count", "-5"),
    (Rule.VOTES_IMPOSSIBLE, TMDB_CSV, "vote_count", "100000001"),
    (Rule.RATING_IMPOSSIBLE, SAMPLE, "vote_average", "10.1"),
    (Rule.RATING_IMPOSSIBLE, SAMPLE, "vote_average", "-0.1"),
    (Rule.RELEASE_UNREADABLE, SAMPLE, "release_date", "soon"),
    (Rule.RELEASE_UNREADABLE, SAMPLE, "release_date", "Feb 30 2001"),
    (Rule.RELEASE_UNREADABLE, TMDB_CSV, "release_date", "19951215"),
    (Rule.RELEASE_TOO_EARLY, SAMPLE, "release_date", "Jan 01 1700"),
    (Rule.RELEASE_IN_FUTURE, TMDB_CSV, "release_date", "2027-01-01"),
    # A century earlier there was no such day, or it is still to come.
    (Rule.RELEASE_IN_FUTURE, SAMPLE, "release_date", "Jan 01 2999"),
    (Rule.GENRES_UNREADABLE, TMDB_5000, "genres", "Crime"),
    (Rule.GENRES_UNREADABLE, TMDB_5000, "genres", '[{"id": 80}]'),
    (Rule.GENRES_UNREADABLE, TMDB_5000, "genres", "[" * 100_000),
    (Rule.STATUS_UNREADABLE, TMDB_CSV, "status", "x" * 33),
]


@pytest.mark.parametrize(("rule", "layout", "field", "raw"), REJECTED)
def test_what_can_t_be_is_rejected_by_its_rule_with_the_raw_value(
    rule: Rule, layout: Layout, field: str, raw: str
) -> None:
    with pytest.raises(Rejected) as fault:
        clean(layout, **{field: raw})

    assert (fault.value.rule, fault.value.field, fault.value.raw_value) == (rule, field, raw)


def test_no_rule_is_untested() -> None:
    tested = {case[0] for case in REPAIRED} | {case[0] for case in REJECTED}

    # Duplicates are a matter of several rows (test_command.py), an answer one of TMDB's (test_tmdb_odd.py).
    assert tested == set(Rule) - {Rule.DUPLICATE_ID, Rule.DUPLICATE_TITLE_YEAR, Rule.ANSWER_UNUSABLE}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_clean_row_of_each_layout_needs_no_repair(layout: Layout) -> None:
    film, repairs = clean(layout)

    assert repairs == []
    assert (film.title, film.release_date, film.budget, film.runtime) == ("Heat", date(1995, 12, 15), 60_000_000, 170)
    assert film.genres[0] == "Crime"


@pytest.mark.parametrize(("layout", "votes"), [(SAMPLE, 700), (TMDB_5000, 7000), (TMDB_CSV, 7000)])
def test_votes_are_brought_to_tmdb_s_scale_and_the_raw_count_is_kept(layout: Layout, votes: int) -> None:
    film, _ = clean(layout)

    assert (film.vote_count, film.vote_count_raw, film.vote_map) == (votes, 7000, layout.vote_map)


@pytest.mark.parametrize("field", ["budget", "revenue", "runtime", "vote_count", "vote_average", "release_date"])
def test_an_empty_cell_is_unknown(field: str) -> None:
    film, repairs = clean(TMDB_CSV, **{field: " "})

    assert (getattr(film, field), repairs) == (None, [])


@pytest.mark.parametrize("title", ["New York, New York", "Monsters, Inc.", "Alien³", "千と千尋"])
def test_a_title_that_only_looks_dirty_stays(title: str) -> None:
    film, repairs = clean(SAMPLE, title=title)

    assert (film.title, repairs) == (title, [])


@given(st.sampled_from(LAYOUTS), st.lists(st.text(max_size=30), min_size=len(FIELDS), max_size=len(FIELDS)))
def test_whatever_a_row_says_it_becomes_a_film_or_a_rejection(layout: Layout, cells: list[str]) -> None:
    kept, rejected = Cleaner(layout, "source", AS_OF).clean_all([RawRow(2, tuple(cells))])

    assert len(kept) + len(rejected) == 1
