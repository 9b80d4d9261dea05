"""What a film query asks for: ranges of a film's facts, its source, and words of its title."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Column, ColumnElement, false, func, select
from sqlalchemy.sql.elements import UnaryExpression
from sqlalchemy.sql.operators import custom_op

from cinecote.features import RELEASE_YEAR
from cinecote.films import Category, fold_words
from cinecote.settings import LabelSettings
from cinecote.tables import WORD_LENGTH, film_words, films
from cinecote_api.films.cursor import SortValue
from cinecote_api.films.query import FilmQuery

_LAST_BEFORE_SURROGATES = 0xD7FF
_FIRST_PAST_SURROGATES = 0xE000


@dataclass(frozen=True, slots=True)
class Range:
    """The known values from `low` on, and below `past` where there is one."""

    low: Any
    past: Any = None

    def of(self, column: ColumnElement[Any]) -> list[ColumnElement[bool]]:
        return [column >= self.low, *([column < self.past] if self.past is not None else [])]

    def within(self, other: "Range") -> "Range":
        """The values that are in both."""
        ends = [past for past in (self.past, other.past) if past is not None]
        return Range(max(self.low, other.low), min(ends, default=None))


@dataclass(frozen=True, slots=True)
class FilmFilters:
    """What each film of the answer meets; a search that no title can meet has `words` None."""

    ranges: Mapping[str, Range]
    source: str | None
    words: tuple[str, ...] | None

    def conditions(self, indexed: str = "", found_word: str = "") -> list[ColumnElement[bool]]:
        """All but `found_word`, so said that a server finds films by an index of the column `indexed` or of none."""
        met = [condition for name, wanted in self.ranges.items() for condition in wanted.of(_column(name, indexed))]
        if self.source is not None:
            met.append(_column("source", indexed) == self.source)
        if self.words is None:
            met.append(false())
        return [*met, *(_has(word) for word in self.words or () if word != found_word)]


def filters_of(query: FilmQuery, labels: LabelSettings) -> FilmFilters:
    """What `query` asks of a film whose category is of `labels`."""
    asked = [*_category(query.category, labels), *_known(query.known_inputs)]
    if query.year_min is not None:
        asked.append(("release_date", Range(date(query.year_min, 1, 1))))
    if query.year_max is not None:
        asked.append(("release_date", Range(date.min, date(query.year_max + 1, 1, 1))))
    ranges: dict[str, Range] = {}
    for name, wanted in asked:
        ranges[name] = wanted.within(ranges[name]) if name in ranges else wanted
    return FilmFilters(ranges, query.source, _words(query.search))


def lowest(name: str) -> SortValue:
    """What no known value of the column is below.

    To ask for values from there on finds the known ones by an index, as SQLite doesn't where asked for IS NOT NULL.
    """
    known: dict[str, SortValue] = {"title": "", "release_date": date.min}
    return known.get(name, 0)


def word_range(beginning: str) -> list[ColumnElement[bool]]:
    """Conditions on `film_words` for the words that begin so."""
    return [film_words.c.word >= beginning, film_words.c.word < _past(beginning)]


def aside(column: Column[Any]) -> UnaryExpression[Any]:
    """`column` for a condition that a server checks on what it found by others: no index is found by `+column`."""
    return UnaryExpression(column, operator=custom_op("+"), type_=column.type)


def _column(name: str, indexed: str) -> ColumnElement[Any]:
    return films.c[name] if name == indexed else aside(films.c[name])


def _has(beginning: str) -> ColumnElement[bool]:
    # A count, since MySQL makes a join of EXISTS and IN, and may begin with the hundred thousands of films of a word.
    found = select(func.count()).where(film_words.c.film_id == films.c.id, *word_range(beginning))
    return found.correlate(films).scalar_subquery() > 0


def _words(text: str) -> tuple[str, ...] | None:
    words = {word[:WORD_LENGTH] for word in fold_words(text)}
    if not words:
        # `%` asks for a title with `%` in it, not for all of them; titles are searched by their words alone.
        return None if text.strip() else ()
    # What begins a longer word of the search asks for nothing more.
    needed = [word for word in words if not any(other.startswith(word) for other in words - {word})]
    return tuple(sorted(needed))


def _past(beginning: str) -> str:
    """The first text, by code points, behind all that begin so."""
    last = ord(beginning[-1])
    following = _FIRST_PAST_SURROGATES if last == _LAST_BEFORE_SURROGATES else last + 1
    return beginning[:-1] + chr(following)


def _category(category: Category | None, labels: LabelSettings) -> list[tuple[str, Range]]:
    if category is None:
        return []
    rating = {
        "médiocre": Range(0, labels.threshold_moyen),
        "moyen": Range(labels.threshold_moyen, labels.threshold_bien),
        "bien": Range(max(labels.threshold_moyen, labels.threshold_bien)),
    }[category]
    # A film without votes has vote_count NULL or 0, and its category is null unless no votes are asked for.
    enough = [("vote_count", Range(labels.minimum_votes))] if labels.minimum_votes else []
    return [("vote_average", rating), *enough]


def _known(inputs: list[str]) -> list[tuple[str, Range]]:
    columns = ["release_date" if name == RELEASE_YEAR.name else name for name in inputs]
    return [(column, Range(lowest(column))) for column in columns]
