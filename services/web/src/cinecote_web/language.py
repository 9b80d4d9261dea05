"""The page's languages: what it says, and how it writes numbers and dates."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_compact_decimal, format_decimal, format_percent
from flask import g
from markupsafe import Markup, escape

from cinecote_web.numbers import ENGLISH, FRENCH, Notation

DEFAULT = "fr"
NOTATIONS: Mapping[str, Notation] = {"fr": FRENCH, "en": ENGLISH}
"""The languages by code, the default first."""

_NEVER_BROKEN = re.compile(r" (?=[:;?!%»$])|(?<=«) |(?<=\d) (?=\d|[Mh]\b)")
_NARROW_NO_BREAK_SPACE = "\u202f"


@dataclass(frozen=True, slots=True)
class Language:
    """One of the page's languages."""

    code: str
    locale: Locale
    notation: Notation
    messages: Mapping[str, str]

    def say(self, key: str, **values: object) -> Markup:
        """The message, ready for HTML; `values` that aren't markup are escaped. KeyError where there is none."""
        return escape(self.messages[key]).format(**values)

    def say_or(self, key: str, fallback: str) -> Markup:
        """The message, or else `fallback`: for what the api may name one day that has no message yet."""
        return self.say(key) if key in self.messages else escape(fallback)

    def number(self, value: float) -> str:
        """All of its digits, in groups of three."""
        return format_decimal(value, locale=self.locale, decimal_quantization=False)

    def compact(self, value: float, unit: str = "") -> str:
        """A round number in a few signs, as on an axis: `5 k`, `150 M`; a year as it is."""
        if unit == "year":
            return f"{value:.0f}"
        return format_compact_decimal(value, locale=self.locale, fraction_digits=1)

    def typed_number(self, value: int, unit: str = "") -> str:
        """As `number`, with the plain spaces that a person would type; a year's digits stand together."""
        return str(value) if unit == "year" else re.sub(r"\s", " ", self.number(value))

    def quantity(self, value: float, unit: str) -> str:
        """A number with its unit: dollars, votes, minutes, or a year, whose digits stand together."""
        return self.say(f"quantity.{unit}", number=f"{value:.0f}" if unit == "year" else self.number(value))

    def percent(self, share: float, decimals: int = 1) -> str:
        """A share of 1 as a percentage with one decimal, or none."""
        pattern = self.messages["quantity.percent"]
        return format_percent(share, pattern if decimals else pattern.replace("0.0", "0"), locale=self.locale)

    def score(self, value: float, decimals: int = 2) -> str:
        """A measure with so many decimals."""
        pattern = f"0.{'0' * decimals}"
        return format_decimal(round(value, decimals) + 0.0, f"{pattern};−{pattern}", locale=self.locale)

    def points(self, share: float) -> str:
        """A change of a share of 1 in signed percentage points with one decimal."""
        # Adding 0 takes the sign from a push that rounds to none.
        points = round(100 * share, 1) + 0.0
        return self.say("quantity.points", number=format_decimal(points, "+0.0;−0.0", locale=self.locale))

    def rating(self, value: float) -> str:
        """A mean rating with one decimal at most."""
        return format_decimal(value, "0.#", locale=self.locale)

    def moment(self, value: datetime) -> str:
        """A day and its time in UTC."""
        return f"{format_datetime(value, 'medium', tzinfo=UTC, locale=self.locale)} UTC"

    def day(self, value: date) -> str:
        return format_date(value, "long", locale=self.locale)


@cache
def load_languages() -> Mapping[str, Language]:
    """Every language by its code."""
    return {code: _load(code, notation) for code, notation in NOTATIONS.items()}


def current_language() -> Language:
    """The language that this request is answered in."""
    language: Language = g.language
    return language


def _load(code: str, notation: Notation) -> Language:
    tables = tomllib.loads((files("cinecote_web") / "messages" / f"{code}.toml").read_text("utf-8"))
    messages = {f"{table}.{name}": text for table, entries in tables.items() for name, text in entries.items()}
    if code == "fr":
        messages = {key: french_spaces(text) for key, text in messages.items()}
    return Language(code, Locale.parse(code), notation, messages)


def french_spaces(text: str) -> str:
    """`text` with narrow no-break spaces where French sets one: before `: ; ? ! % » $`, after `«`, within a number."""
    return _NEVER_BROKEN.sub(_NARROW_NO_BREAK_SPACE, text)
