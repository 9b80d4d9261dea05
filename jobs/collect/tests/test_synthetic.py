"""Made-up films: the shapes of the table of 5,000, within stated bounds."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from statistics import correlation, mean, median, quantiles

import pytest

from cinecote.films import Film
from cinecote_collect.feeds import synthetic_feeds
from cinecote_collect.rules import Rule
from cinecote_collect.synthetic.films import SyntheticFilms

from .conftest import Site

COUNT = 20_000


@pytest.fixture(scope="module")
def made() -> list[Film]:
    feed = synthetic_feeds(COUNT, seed=1)[0]
    return [feed.cleaner.clean(row)[0] for row in feed.file.rows()]


def known(film: Film) -> bool:
    return None not in (film.revenue, film.budget, film.runtime) and bool(film.vote_count)


@pytest.fixture(scope="module")
def complete(made: list[Film]) -> list[Film]:
    return [film for film in made if known(film)]


def column(films: Iterable[Film], name: str) -> list[float]:
    return [float(getattr(film, name)) for film in films]


def ranks(values: Sequence[float]) -> list[float]:
    placed = sorted(values)
    return [(bisect_left(placed, value) + bisect_right(placed, value)) / 2 for value in values]


def share(films: Sequence[Film], told: Callable[[Film], bool]) -> float:
    return mean(told(film) for film in films)


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        (lambda film: film.budget is None, 0.216),
        (lambda film: film.revenue is None, 0.297),
        (lambda film: film.budget is None and film.revenue is None, 0.185),
        (lambda film: film.runtime is None, 0.008),
        (lambda film: film.vote_count == 0, 0.013),
        (lambda film: film.vote_count < 10, 0.086),
        (lambda film: film.vote_count < 50, 0.240),
        (known, 0.672),
    ],
)
def test_as_much_is_unknown_and_as_few_voted_within_two_in_a_hundred(
    made: list[Film], told: Callable[[Film], bool], wanted: float
) -> None:
    assert share(made, told) == pytest.approx(wanted, abs=0.02)


@pytest.mark.parametrize(
    ("name", "low", "middle", "high"),
    [
        ("budget", 1.5e6, 25e6, 140e6),
        ("revenue", 1.2e6, 55e6, 473e6),
        ("runtime", 86, 107, 148),
        ("vote_count", 29, 471, 3_855),
        ("vote_average", 4.9, 6.3, 7.7),
    ],
)
def test_the_20_quantiles_and_medians_of_complete_films_are_the_tables_within_a_fifth(
    complete: list[Film], name: str, low: float, middle: float, high: float
) -> None:
    cut = quantiles(column(complete, name), n=20)

    assert (cut[0], cut[9], cut[-1]) == pytest.approx((low, middle, high), rel=0.2)


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        ("runtime", "vote_average", 0.39),
        ("vote_count", "vote_average", 0.36),
        ("budget", "vote_average", -0.14),
        ("revenue", "vote_average", 0.12),
        ("revenue", "vote_count", 0.75),
        ("budget", "revenue", 0.68),
    ],
)
def test_the_rank_correlations_of_complete_films_are_the_tables_within_five_in_a_hundred(
    complete: list[Film], one: str, other: str, wanted: float
) -> None:
    found = correlation(ranks(column(complete, one)), ranks(column(complete, other)))

    assert found == pytest.approx(wanted, abs=0.05)


def test_the_categories_have_the_tables_shares_within_two_in_a_hundred(complete: list[Film]) -> None:
    ratings = column(complete, "vote_average")

    assert mean(rating < 6 for rating in ratings) == pytest.approx(0.32, abs=0.02)
    assert mean(rating >= 7 for rating in ratings) == pytest.approx(0.238, abs=0.02)


def test_less_that_brought_in_less_than_it_cost_is_as_common_within_five_in_a_hundred(complete: list[Film]) -> None:
    assert share(complete, lambda film: (film.revenue or 0) < (film.budget or 0)) == pytest.approx(0.244, abs=0.05)


def test_good_films_get_rarer_and_votes_more_from_decade_to_decade(complete: list[Film]) -> None:
    decades: dict[int, list[Film]] = {}
    for film in complete:
        assert film.release_date is not None
        decades.setdefault(film.release_date.year // 10 * 10, []).append(film)

    good = [share(decades[decade], lambda film: (film.vote_average or 0) >= 7) for decade in range(1960, 2020, 10)]
    assert good == pytest.approx([0.61, 0.51, 0.34, 0.26, 0.20, 0.20], abs=0.08)
    voted = [median(column(decades[decade], "vote_count")) for decade in (1970, 2010)]
    assert voted == pytest.approx([234, 808], rel=0.3)


def test_money_is_unknown_more_often_where_few_voted(made: list[Film]) -> None:
    def unknown(films: list[Film]) -> float:
        return share(films, lambda film: film.revenue is None)

    few = [film for film in made if (film.vote_count or 0) < 50]
    many = [film for film in made if (film.vote_count or 0) >= 500]

    assert unknown(few) > 3 * unknown(many)


def test_titles_are_mostly_different_and_some_have_accents(made: list[Film]) -> None:
    titles = [film.title for film in made]

    assert len(set(titles)) > 0.7 * COUNT
    assert 0.05 < mean(not title.isascii() for title in titles) < 0.5


def test_the_films_follow_from_the_seed_and_fewer_are_the_first_of_more() -> None:
    few, many, others = (
        list(islice(SyntheticFilms(count, seed).rows(), 50)) for count, seed in ((50, 7), (10_000_000, 7), (50, 8))
    )

    assert few == many
    assert not set(few) & set(others)


def test_the_command_stores_them_as_a_source_of_their_own_and_again_changes_nothing(server_site: Site) -> None:
    assert server_site.run("synthetic", "--films", "500", "--seed", "3").returncode == 0

    assert server_site.rows("SELECT source, count(*), max(expires_at) FROM films GROUP BY source") == [
        ("synthetic", 500, None)
    ]
    assert Rule.MONEY_ZERO in server_site.rows("SELECT counts FROM job_runs")[0][0]
    assert server_site.run("synthetic", "--films", "500", "--seed", "3").returncode == 0
    assert server_site.counts() == [500, 0, 0, 500, 0]


@pytest.mark.parametrize("count", ["0", "-1", "10000001", "many", "1e3"])
def test_another_number_of_films_is_a_usage_error(site: Site, count: str) -> None:
    done = site.run("synthetic", "--films", count)

    assert done.returncode == 2
    assert "1 to 10,000,000" in done.stderr
