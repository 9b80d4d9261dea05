"""Queries on the films' years, ratings, votes and categories."""

from typing import Any

from sqlalchemy import Select, case, func, select

from cinecote.settings import LabelSettings
from cinecote.tables import films
from cinecote_api.films.filters import aside
from cinecote_api.queries.columns import (
    DECADE,
    FILMS,
    YEAR,
    categorised,
    category,
    category_order,
    json_each,
    mean,
    released,
)
from cinecote_api.queries.query import Parameter, Query, Values, minimum_votes, years

_MOST_VOTES_POWER = 8


def _by_year_and_category(labels: LabelSettings, values: Values) -> Select[Any]:
    year, named = YEAR.label("year"), category(labels).label("category")
    counted = select(year, named, FILMS.label("films")).where(*categorised(labels), *released(values))
    return counted.group_by(year, named).order_by(year, category_order(labels))


def _best_by_decade(_labels: LabelSettings, values: Values) -> Select[Any]:
    best_first = films.c.vote_average.desc(), films.c.vote_count.desc(), films.c.id
    ranked = (
        select(
            DECADE.label("decade"),
            func.row_number().over(partition_by=DECADE, order_by=best_first).label("rank"),
            *(films.c[name] for name in ("id", "title", "release_date", "vote_average", "vote_count")),
        )
        .where(films.c.release_date.is_not(None), films.c.vote_average.is_not(None))
        .where(films.c.vote_count >= values["minimum_votes"])
        .subquery("ranked")
    )
    return select(ranked).where(ranked.c.rank <= values["films"]).order_by(ranked.c.decade, ranked.c.rank)


def _genres_by_category(labels: LabelSettings, values: Values) -> Select[Any]:
    genre = json_each(films.c.genres).table_valued("value", name="genre")
    named = category(labels).label("category")
    # The years are aside: an index of the votes leads to the few films that have a category.
    return (
        select(genre.c.value.label("genre"), named, FILMS.label("films"))
        .select_from(films.join(genre, films.c.id.is_not(None)))
        .where(*categorised(labels), *released(values, aside(films.c.release_date)))
        .group_by(genre.c.value, named)
        .order_by(FILMS.desc(), genre.c.value, category_order(labels))
    )


def _runtimes(_labels: LabelSettings, values: Values) -> Select[Any]:
    begins = (films.c.runtime - films.c.runtime % values["minutes"]).label("minutes")
    counted = select(begins, FILMS.label("films"), mean(films.c.vote_average).label("mean_rating"))
    return counted.where(films.c.runtime.is_not(None), *released(values)).group_by(begins).order_by(begins)


def _votes(_labels: LabelSettings, values: Values) -> Select[Any]:
    # SQLite may have no logarithm.
    powers = ((films.c.vote_count < 10**power, 10 ** (power - 1)) for power in range(1, _MOST_VOTES_POWER + 1))
    least = case((films.c.vote_count == 0, 0), *powers, else_=10**_MOST_VOTES_POWER).label("votes")
    counted = select(least, FILMS.label("films"), mean(films.c.vote_average).label("mean_rating"))
    return counted.where(films.c.vote_count.is_not(None), *released(values)).group_by(least).order_by(least)


def _ratings(_labels: LabelSettings, values: Values) -> Select[Any]:
    # SQLite may have no FLOOR, and MySQL's CAST rounds.
    rating = case(*((films.c.vote_average < whole + 1, whole) for whole in range(10)), else_=10).label("rating")
    counted = select(rating, FILMS.label("films"), mean(films.c.vote_count).label("mean_votes"))
    enough = films.c.vote_count >= values["minimum_votes"]
    return counted.where(films.c.vote_average.is_not(None), enough).group_by(rating).order_by(rating)


FILM_QUERIES = (
    Query("films-by-year-and-category", "Films by year and category", _by_year_and_category, years(1990)),
    Query(
        "best-rated-by-decade",
        "The best rated films of each decade",
        _best_by_decade,
        (minimum_votes(1_000), Parameter("films", 10, 1, 50)),
    ),
    Query(
        "genres-by-category",
        "Films by genre and category; one of several genres counts for each",
        _genres_by_category,
        years(),
    ),
    Query("runtimes", "Films by running time", _runtimes, (Parameter("minutes", 10, 1, 60), *years(2000))),
    Query("votes", "Films by the power of ten of their votes", _votes, years(2000)),
    Query("ratings", "Films by whole rating", _ratings, (minimum_votes(50),)),
)
