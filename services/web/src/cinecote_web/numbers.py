"""Numbers as people type them: `150 000 000`, `150,000,000`, `1,5 M`, `2 h 05`.

One rule for both languages, and one difference:

- groups of three digits are set apart by a space, an apostrophe, a comma or a point: `150 000 000`, `1.500.000`;
- where comma and point both occur, the last one begins the decimals: `1.234,5` and `1,234.5`;
- a lone comma or point begins the decimals (`1,5`, `90.25`) unless exactly three digits follow, as in `150,000`: all
  that is asked for is counted in units, so that is a hundred and fifty thousand in French too;
- after such a number with a scale (`1,234 M`) the language decides: decimals in French, 1,234 millions in English.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

LONGEST = 40
"""Nothing longer is read as a number."""


class NotANumber(ValueError):
    """What was typed can't be read as a number."""


@dataclass(frozen=True, slots=True)
class Notation:
    """How a language writes numbers: its sign between groups, and its words for large scales in lower case."""

    group: str
    scales: Mapping[str, int]


_THOUSAND, _MILLION, _BILLION = 10**3, 10**6, 10**9

FRENCH = Notation(
    group=".",
    scales={
        **dict.fromkeys(("k", "mille"), _THOUSAND),
        **dict.fromkeys(("m", "million", "millions"), _MILLION),
        # No `billion`: in French it is a thousand times what it is in English.
        **dict.fromkeys(("md", "mds", "mrd", "milliard", "milliards"), _BILLION),
    },
)
ENGLISH = Notation(
    group=",",
    scales={
        **dict.fromkeys(("k", "thousand"), _THOUSAND),
        **dict.fromkeys(("m", "mn", "million", "millions"), _MILLION),
        **dict.fromkeys(("b", "bn", "billion", "billions"), _BILLION),
    },
)

_NUMBER = re.compile(r"([-−+]?) ?([0-9.,][0-9 .,]*?) ?([^\W\d_]*)", re.ASCII)
_WHOLE = re.compile(r"[0-9]+|[0-9]{1,3}([ .,])[0-9]{3}(?:\1[0-9]{3})*")
_ONE_GROUP = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")
_DOLLARS = re.compile(r"^(?:US ?\$|\$|USD)|(?:US ?\$|\$|USD|(?: de)? dollars?)$", re.IGNORECASE)
_HOURS = re.compile(
    r"([0-9]{1,2}) ?(?:h|heures?|hours?)(?: ?([0-5]?[0-9]))?(?: ?(?:m|mn|min|minutes?))?", re.IGNORECASE
)
_MINUTES = re.compile(r" ?(?:mn|min|minutes?)$", re.IGNORECASE)


def read_count(typed: str, notation: Notation) -> Decimal | None:
    """The number typed, None where nothing was; NotANumber where it is none."""
    text = _plain(typed)
    if not text:
        return None
    found = _NUMBER.fullmatch(text)
    if found is None:
        raise NotANumber
    sign, digits, scale = found.groups()
    if scale and scale.lower() not in notation.scales:
        raise NotANumber
    factor = notation.scales[scale.lower()] if scale else 1
    number = _unsigned(digits, _decimal_sign(digits, notation, scaled=bool(scale))) * factor
    return -number if sign in ("-", "−") else number


def read_dollars(typed: str, notation: Notation) -> Decimal | None:
    """As `read_count`, with or without a dollar sign before or after, or the word."""
    text = _plain(typed)
    return read_count(_DOLLARS.sub("", text, count=1) or text, notation)


def read_minutes(typed: str, notation: Notation) -> Decimal | None:
    """Minutes: a number, `121 min`, or hours and minutes as in `2 h 01` and `2h`."""
    text = _plain(typed)
    hours = _HOURS.fullmatch(text)
    if hours:
        return Decimal(int(hours[1]) * 60 + int(hours[2] or 0))
    return read_count(_MINUTES.sub("", text), Notation(notation.group, scales={}))


def plain_text(value: float) -> str:
    """`value` in plain digits, which read as the same number in every language."""
    text = format(Decimal(repr(value)), "f").removesuffix(".0")
    # Three decimals alone would read as a group.
    return f"{text}0" if _ONE_GROUP.fullmatch(text) else text


def _plain(typed: str) -> str:
    if len(typed) > LONGEST:
        raise NotANumber
    return re.sub(r"[\s'’]+", " ", typed).strip()


def _decimal_sign(digits: str, notation: Notation, *, scaled: bool) -> str:
    signs = [character for character in digits if character in ".,"]
    if not signs:
        return ""
    if " " in digits or len(set(signs)) == 2:
        return signs[-1]
    grouped = len(signs) > 1 or (
        _ONE_GROUP.fullmatch(digits) is not None and (not scaled or signs[0] == notation.group)
    )
    return "" if grouped else signs[0]


def _unsigned(digits: str, decimal_sign: str) -> Decimal:
    whole, decimals = digits, "0"
    if decimal_sign:
        whole, _, decimals = digits.partition(decimal_sign)
    if not _WHOLE.fullmatch(whole or "0") or not re.fullmatch("[0-9]+", decimals):
        raise NotANumber
    return Decimal(f"{re.sub('[^0-9]', '', whole) or '0'}.{decimals}")
