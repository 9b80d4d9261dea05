"""The cells of a query's answer as people read them."""

from datetime import date, datetime

from cinecote_web.language import Language
from cinecote_web.query_answers import Cell

_DOLLARS = {"budget", "revenue", "profit", "mean_budget", "smallest_budget", "largest_budget"}
_RATINGS = {"vote_average", "mean_rating"}
_PLAIN = {"id", "year", "decade", "rank"}


def shown(language: Language, column: str, value: Cell) -> str:
    """`value` of that `column` with its unit, a dash where unknown."""
    if value is None:
        return "–"
    if isinstance(value, str):
        return _text(language, column, value)
    if column in _DOLLARS:
        return language.quantity(round(value), "dollars")
    if column in _PLAIN:
        return f"{value:.0f}"
    if column == "minutes":
        return language.quantity(value, "minutes")
    if column in _RATINGS:
        return language.rating(value)
    return language.number(round(value, 1))


def _text(language: Language, column: str, value: str) -> str:
    try:
        if column == "release_date":
            return language.day(date.fromisoformat(value))
        if column.endswith("_at"):
            return language.moment(datetime.fromisoformat(value))
    except ValueError:
        return value
    if column == "category":
        return language.say_or(f"category.{value}", value)
    return value
