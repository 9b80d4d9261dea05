"""Queries on what films cost and brought in."""

from typing import Any

from sqlalchemy import Select, func, select

from cinecote.settings import LabelSettings
from cinecote.tables import films
from cinecote_api.queries.columns import DECADE, FILMS, YEAR, mean, released, share
from cinecote_api.queries.query import Parameter, Query, Values, rows, years

_BUDGET = Parameter("minimum_budget", 100_000, 1_000, 100_000_000_000)


def _returns_by_decade(_labels: LabelSettings, values: Values) -> Select[Any]:
    revenue, budget, decade = func.sum(films.c.revenue), func.sum(films.c.budget), DECADE.label("decade")
    counted: Select[Any] = (
        select(
            decade,
            FILMS.label("films"),
            budget.label("budget"),
            revenue.label("revenue"),
            share(revenue, budget).label("returns"),
        )
        .where(films.c.release_date.is_not(None), films.c.revenue.is_not(None))
        .where(films.c.budget >= values["minimum_budget"])
        .group_by(decade)
        .order_by(decade)
    )
    return counted


def _most_profitable(_labels: LabelSettings, values: Values) -> Select[Any]:
    profit = (films.c.revenue - films.c.budget).label("profit")
    said = (films.c[name] for name in ("id", "title", "release_date", "budget", "revenue"))
    return (
        select(*said, profit, share(films.c.revenue, films.c.budget).label("returns"))
        .where(films.c.revenue.is_not(None), films.c.budget >= values["minimum_budget"], *released(values))
        .order_by(profit.desc(), films.c.id)
    )


def _budgets_by_year(_labels: LabelSettings, values: Values) -> Select[Any]:
    year, budget = YEAR.label("year"), films.c.budget
    counted: Select[Any] = (
        select(
            year,
            FILMS.label("films"),
            mean(budget).label("mean_budget"),
            func.min(budget).label("smallest_budget"),
            func.max(budget).label("largest_budget"),
        )
        .where(budget.is_not(None), *released(values))
        .group_by(year)
        .order_by(year)
    )
    return counted


MONEY_QUERIES = (
    Query("returns-by-decade", "What films brought in for each dollar, by decade", _returns_by_decade, (_BUDGET,)),
    Query("most-profitable", "The films with the largest profit", _most_profitable, (rows(), _BUDGET, *years())),
    Query("budgets-by-year", "Budgets by year", _budgets_by_year, years(1950)),
)
