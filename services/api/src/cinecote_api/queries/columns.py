"""What several queries select and ask for, the same on both servers."""

from datetime import date
from typing import Any

from sqlalchemy import Column, ColumnElement, Double, case, cast, extract, func, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from cinecote.films import CATEGORIES
from cinecote.settings import LabelSettings
from cinecote.tables import films
from cinecote_api.queries.query import Values

YEAR: ColumnElement[int] = extract("year", films.c.release_date)
DECADE: ColumnElement[int] = YEAR - YEAR % 10
FILMS: ColumnElement[int] = func.count()


class json_each(GenericFunction[Any]):  # noqa: N801, SQLite's name for it
    """The values of a JSON array as a table with the column `value`."""

    name = "json_each"
    inherit_cache = True


@compiles(json_each, "mysql")
def _json_table(element: json_each, compiler: SQLCompiler, **options: Any) -> str:
    array = compiler.process(element.clauses, **options)
    return f"JSON_TABLE({array}, '$[*]' COLUMNS (value VARCHAR(255) COLLATE utf8mb4_0900_bin PATH '$'))"


def category(labels: LabelSettings) -> ColumnElement[Any]:
    """The category of a film that has one (see `categorised`)."""
    rating = films.c.vote_average
    return case(
        (rating < labels.threshold_moyen, literal("médiocre")),
        (rating < labels.threshold_bien, literal("moyen")),
        else_=literal("bien"),
    )


def category_order(labels: LabelSettings) -> ColumnElement[int]:
    """Puts a group's category in its place: rising, on both servers."""
    return func.min(case({name: place for place, name in enumerate(CATEGORIES)}, value=category(labels)))


def categorised(labels: LabelSettings) -> list[ColumnElement[bool]]:
    """Conditions for the films that have a category: those with enough votes."""
    return [films.c.vote_average.is_not(None), films.c.vote_count >= labels.minimum_votes]


def released(values: Values, day: ColumnElement[Any] = films.c.release_date) -> list[ColumnElement[bool]]:
    """Conditions for the years from year_min to year_max."""
    return [day >= date(int(values["year_min"]), 1, 1), day < date(int(values["year_max"]) + 1, 1, 1)]


def mean(column: Column[Any]) -> ColumnElement[Any]:
    # MySQL would give four decimals of a whole number's mean.
    return func.avg(cast(column, Double))


def share(part: ColumnElement[Any], whole: ColumnElement[Any]) -> ColumnElement[Any]:
    return cast(part, Double) / whole
