"""What the api says of a row or a table that it can't score, in the visitor's language."""

import re

from cinecote_web.language import Language

_LINE = re.compile(r"line (\d+): (?:([a-z_]+) (?=must|is))?(.*)", re.DOTALL)
_KNOWN = (
    (re.compile(r"must be a number"), "number"),
    (re.compile(r"must be a finite number"), "number"),
    (re.compile(r"must be at least (?P<limit>[0-9.e+]+)"), "too_small"),
    (re.compile(r"must be at most (?P<limit>[0-9.e+]+)"), "too_large"),
    (re.compile(r"at least one of .* must be known"), "nothing_known"),
    (re.compile(r"has (?P<found>\d+) cells, where the header has (?P<wanted>\d+)"), "width"),
    (re.compile(r"the header must name at least one of .*"), "no_column"),
    (re.compile(r"a table may have (?P<most>\d+) rows at most"), "too_many"),
)


def told(language: Language, fault: str) -> str:
    """A row's `fault` in a sentence; as the api says it, where there is no such sentence yet."""
    parts = _LINE.fullmatch(fault)
    if parts is None:
        return fault
    line, name, detail = parts.groups()
    sentence = in_words(language, detail)
    if name:
        sentence = language.say("row.field", input=language.say_or(f"input.{name}", name), fault=sentence)
    return language.say("row.line", line=line, fault=sentence)


def in_words(language: Language, detail: str) -> str:
    """What is wrong with a row or with a whole table; as the api says it, where there are no words of ours yet."""
    for pattern, message in _KNOWN:
        found = pattern.fullmatch(detail)
        if found:
            values = {key: language.number(float(value)) for key, value in found.groupdict().items()}
            return language.say(f"row.{message}", **values)
    return detail
