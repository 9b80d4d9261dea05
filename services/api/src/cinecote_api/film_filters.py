"""What a film query asks for, as conditions on the films table."""

from datetime import date

from sqlalchemy import ColumnElement, false, select

from cinecote.features import RELEASE_YEAR
from cinecote.films import Category, fold_words
from cinecote.settings import LabelSettings
from cinecote.tables import WORD_LENGTH, film_words, films
from cinecote_api.film_query import FilmQuery

_LAST_BEFORE_SURROGATES = 0xD7FF
_FIRST_PAST_SURROGATES = 0xE000


def conditions(query: FilmQuery, labels: LabelSettings) -> list[ColumnElement[bool]]:
    """The conditions that every film of the answer meets."""
    met = [*_search(query.search), *_category(query.category, labels), *_known(query.known_inputs)]
    if query.year_min is not None:
        met.append(films.c.release_date >= date(query.year_min, 1, 1))
    if query.year_max is not None:
        met.append(films.c.release_date < date(query.year_max + 1, 1, 1))
    if query.source is not None:
        met.append(films.c.source == query.source)
    return met


def _search(text: str) -> list[ColumnElement[bool]]:
    words = {word[:WORD_LENGTH] for word in fold_words(text)}
    if not words:
        # `%` asks for a title with `%` in it, not for all of them; titles are searched by their words alone.
        return [false()] if text.strip() else []
    # What begins a longer word of the search asks for nothing more.
    needed = [word for word in words if not any(other.startswith(word) for other in words - {word})]
    return [_has_word_beginning_with(word) for word in sorted(needed)]


def _has_word_beginning_with(beginning: str) -> ColumnElement[bool]:
    found = select(film_words.c.film_id).where(film_words.c.word >= beginning, film_words.c.word < _past(beginning))
    return films.c.id.in_(found)


def _past(beginning: str) -> str:
    """The first text, by code points, behind all that begin so."""
    last = ord(beginning[-1])
    following = _FIRST_PAST_SURROGATES if last == _LAST_BEFORE_SURROGATES else last + 1
    return beginning[:-1] + chr(following)


def _category(category: Category | None, labels: LabelSettings) -> list[ColumnElement[bool]]:
    if category is None:
        return []
    rating = films.c.vote_average
    within = {
        "médiocre": [rating < labels.threshold_moyen],
        "moyen": [rating >= labels.threshold_moyen, rating < labels.threshold_bien],
        "bien": [rating >= max(labels.threshold_moyen, labels.threshold_bien)],
    }
    # A film without votes has vote_count NULL or 0, and its category is null unless no votes are asked for.
    enough = [films.c.vote_count >= labels.minimum_votes] if labels.minimum_votes else []
    return [*within[category], *enough]


def _known(inputs: list[str]) -> list[ColumnElement[bool]]:
    columns = ["release_date" if name == RELEASE_YEAR.name else name for name in inputs]
    return [films.c[column].is_not(None) for column in columns]
