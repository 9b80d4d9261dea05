"""The keys of a page of films whose filter few films meet: all of these are gathered by it, and then sorted.

To walk an order for them would pass by nearly all films there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, literal, or_, select

from cinecote.tables import film_words, films
from cinecote_api.films.cursor import Cursor
from cinecote_api.films.filters import FilmFilters, aside, word_range

FEW_FILMS = 1_000
# A title may have several words that begin alike.
FEW_WORDS = 3 * FEW_FILMS
# Of several words, each may be common and few titles have them all: these cost less to look through than all films do.
SOME_WORDS = 50_000
_WORDS_TRIED = 4


@dataclass(frozen=True, slots=True)
class Way:
    """A way to a part of the films: by the index named `index` on `column`, or by the search's word `word`."""

    conditions: Sequence[ColumnElement[bool]]
    most: int
    column: str = ""
    index: str = ""
    word: str = ""

    def is_long(self) -> ColumnElement[Any]:
        """1 where more than `most` films or words are on it, NULL otherwise."""
        one = select(literal(1)).where(*self.conditions)
        if self.index:
            one = one.with_hint(films, f"FORCE INDEX ({self.index})", "mysql")
        return one.select_from(films if self.index else film_words).offset(self.most).limit(1).scalar_subquery()


def short_way(connection: Connection, filters: FilmFilters, sort_name: str = "") -> Way | None:
    """A way on which there are few films, None where none of the filter's is short.

    A range of `sort_name` is no way of its own: a walk in that order keeps to it.
    """
    ways = [*_by_words(filters.words or ()), *_by_facts(filters, sort_name)]
    if not ways:
        return None
    long = connection.execute(select(*(way.is_long() for way in ways))).one()
    return next((way for way, is_long in zip(ways, long, strict=True) if not is_long), None)


def gathered(
    connection: Connection, filters: FilmFilters, way: Way, order: tuple[str, bool], after: Cursor | None, count: int
) -> list[Cursor]:
    """At most `count` keys by `order` (a column, whether falling), from behind `after` on."""
    name, falling = order
    # Aside, lest the order's index be taken.
    value = aside(films.c[name])
    keys = on(way).where(*filters.conditions(way.column, way.word)).add_columns(films.c[name], films.c.id)
    if after is not None:
        keys = keys.where(_behind(value, falling, after))
    keys = keys.order_by(value.is_(None), value.desc() if falling else value, films.c.id)
    return [Cursor(*key) for key in connection.execute(keys.limit(count))]


def on(way: Way) -> Select[Any]:
    """A selection of nothing yet, of the films on `way`."""
    if way.index:
        return select().select_from(films).with_hint(films, f"FORCE INDEX ({way.index})", "mysql")
    words = select(film_words.c.film_id).where(*way.conditions).distinct().subquery("found")
    # In this order, whatever MySQL thinks of it.
    return select().prefix_with("STRAIGHT_JOIN", dialect="mysql").join_from(words, films, words.c.film_id == films.c.id)


def _behind(value: ColumnElement[Any], falling: bool, after: Cursor) -> ColumnElement[bool]:
    later = films.c.id > after.film_id
    if after.value is None:
        return value.is_(None) & later
    beyond = value < after.value if falling else value > after.value
    return or_(beyond, (value == after.value) & later, value.is_(None))


def _by_words(words: Sequence[str]) -> list[Way]:
    # Long words are rare; a search may have a hundred, and to say all of them costs more than is won.
    words = sorted(words, key=len, reverse=True)[:_WORDS_TRIED]
    short = [Way(word_range(word), FEW_WORDS, word=word) for word in words]
    if len(words) > 1:
        short += [Way(word_range(word), SOME_WORDS, word=word) for word in words]
    return short


def _by_facts(filters: FilmFilters, sort_name: str) -> list[Way]:
    ways = [
        Way(wanted.of(films.c[name]), FEW_FILMS, name, f"ix_films_by_{name}")
        for name, wanted in filters.ranges.items()
        if name != sort_name
    ]
    if filters.source is not None:
        ways.append(Way([films.c.source == filters.source], FEW_FILMS, "source", "uq_films_source_source_id"))
    return ways
