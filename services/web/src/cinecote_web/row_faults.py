"""What the api says of a row or a table that it can't score, in the visitor's language."""

import re

from cinecote.features import InputFault
from cinecote.models import BEFORE_RELEASE
from cinecote_web.language import Language

_LINE = re.compile(r"line (\d+): (?:([a-z_]+) (?=must|is))?(.*)", re.DOTALL)
_NEEDED_BEFORE = ", ".join(wanted.name for wanted in BEFORE_RELEASE.required)
_KNOWN = (
    (re.compile(r"must be a number"), "number"),
    (re.compile(r"must be a finite number"), "number"),
    (re.compile(r"must be at least (?P<limit>[0-9.e+]+)"), "too_small"),
    (re.compile(r"must be at most (?P<limit>[0-9.e+]+)"), "too_large"),
    (re.compile(f"at least one of {_NEEDED_BEFORE} must be known"), "nothing_known_before"),
    (re.compile(r"at least one of .* must be known"), "nothing_known"),
    (re.compile(r"is not known before the release"), "not_known_before"),
    (re.compile(f"at least one of the columns {_NEEDED_BEFORE} is needed"), "no_column_before"),
    (re.compile(r"has (?P<found>\d+) cells, where the header has (?P<wanted>\d+)"), "width"),
    (re.compile(r"the header must name at least one of .*"), "no_column"),
    (re.compile(r"a table may have (?P<most>\d+) (?:rows|lines) at most"), "too_many"),
    (re.compile(r"a table may have (?P<most>\d+) columns at most"), "too_wide"),
    (re.compile(r"a row may have (?P<most>\d+) characters at most"), "too_long"),
    (re.compile(r"the body is not in UTF-8"), "not_utf8"),
    (re.compile(r"the record on line (?P<line>\d+) has a quote or a line end out of place"), "quote"),
)


def told(language: Language, fault: str) -> str:
    """A row's `fault` in a sentence; as the api says it, where there is no such sentence yet."""
    parts = _LINE.fullmatch(fault)
    if parts is None:
        return fault
    line, name, detail = parts.groups()
    return language.say("row.line", line=line, fault=_of_input(language, name, detail))


def told_of_table(language: Language, fault: InputFault) -> str:
    """What is wrong with a whole table, or with the column that `fault` points to."""
    return _of_input(language, fault.pointer.removeprefix("/"), fault.detail)


def _of_input(language: Language, name: str | None, detail: str) -> str:
    sentence = _in_words(language, detail)
    if not name:
        return sentence
    return language.say("row.field", input=language.say_or(f"input.{name}", name), fault=sentence)


def _in_words(language: Language, detail: str) -> str:
    """As the api says it, where there are no words of ours yet."""
    for pattern, message in _KNOWN:
        found = pattern.fullmatch(detail)
        if found:
            values = {key: language.number(float(value)) for key, value in found.groupdict().items()}
            return language.say(f"row.{message}", **values)
    return detail
