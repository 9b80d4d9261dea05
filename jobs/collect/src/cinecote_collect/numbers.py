"""Numbers as sources write them: whole dollars, minutes and votes, and ratings; unknown is None."""

import math
import re

from cinecote.features import RUNTIME, UNKNOWN_MONEY_BELOW, Input
from cinecote_collect.rules import Rejected, Rule

HIGHEST_RATING = 10

_WORDS_FOR_UNKNOWN = frozenset({"unknown", "n/a", "na", "nan", "none", "null", "nil", "tbd", "-", "--", "?", r"\n"})
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_LONGEST_PLAIN = 15
"""So many digits are read as they are; longer ones are beyond every bound, whatever their exact value."""


def read_money(text: str, amount: Input, repairs: list[Rule]) -> int | None:
    """Whole dollars within the bounds of `amount`."""
    dollars = read_whole(text, amount.name, repairs)
    if dollars is None:
        return None
    if not amount.minimum <= dollars <= amount.maximum:
        raise Rejected(Rule.MONEY_IMPOSSIBLE, amount.name, text)
    if dollars >= UNKNOWN_MONEY_BELOW:
        return dollars
    repairs.append(Rule.MONEY_SMALL if dollars else Rule.MONEY_ZERO)
    return None


def read_runtime(text: str, repairs: list[Rule]) -> int | None:
    """Whole minutes."""
    minutes = read_whole(text, RUNTIME.name, repairs)
    if minutes is None:
        return None
    if not RUNTIME.minimum <= minutes <= RUNTIME.maximum:
        raise Rejected(Rule.RUNTIME_IMPOSSIBLE, RUNTIME.name, text)
    if minutes == 0:
        repairs.append(Rule.RUNTIME_ZERO)
        return None
    return minutes


def read_rating(text: str, votes: int | None, repairs: list[Rule]) -> float | None:
    """A rating from 0 to 10; 0 is what TMDB says of a film that has no votes."""
    rating = _read_number(text, "vote_average", repairs)
    if rating is None:
        return None
    if not 0 <= rating <= HIGHEST_RATING:
        raise Rejected(Rule.RATING_IMPOSSIBLE, "vote_average", text)
    if rating == 0 and not votes:
        repairs.append(Rule.RATING_ZERO)
        return None
    return float(rating) + 0.0


def read_whole(text: str, field: str, repairs: list[Rule]) -> int | None:
    """A whole number of either sign and of any size."""
    number = _read_number(text, field, repairs)
    if not isinstance(number, float):
        return number
    whole = round(number)
    if whole != number:
        repairs.append(Rule.FRACTION_ROUNDED)
    return whole


def _read_number(text: str, field: str, repairs: list[Rule]) -> int | float | None:
    if text.isdigit() and text.isascii() and len(text) <= _LONGEST_PLAIN:
        return int(text)
    trimmed = text.strip()
    if not trimmed:
        return None
    if trimmed.casefold() in _WORDS_FOR_UNKNOWN:
        repairs.append(Rule.UNKNOWN_WORD)
        return None
    number = float(trimmed) if _NUMBER.fullmatch(trimmed) else math.inf
    if math.isinf(number):
        raise Rejected(Rule.NUMBER_UNREADABLE, field, text)
    return number
