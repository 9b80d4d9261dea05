import re
import string
from datetime import date
from pathlib import Path

import pytest

import cinecote_web
from cinecote_web.language import NOTATIONS, french_spaces, load_languages

PACKAGE = Path(cinecote_web.__file__).parent
LITERAL = re.compile(r"""['"]([a-z]+\.(?!html|js)[a-z_]*)['"]( ~)?""")


def fields(message: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(message) if name}


def keys_in_use() -> tuple[set[str], set[str]]:
    """The message keys written in templates and code: whole ones, and the beginnings of composed ones."""
    sections = {key.partition(".")[0] for key in load_languages()["fr"].messages}
    texts = [path.read_text("utf-8") for kind in ("*.html", "*.py") for path in PACKAGE.rglob(kind)]
    found = [match for text in texts for match in LITERAL.findall(text) if match[0].partition(".")[0] in sections]
    pages = {f"{name}.page" for name in (*sections, "estimate", "films")}
    pages |= {"charts.index", "batch.scored", "estimate.answer", "model.plot"}
    whole = {key for key, composed in found if not composed and not key.endswith(("_", "."))} - pages
    begun = {key for key, composed in found if composed} | {"quantity.", "row."}
    return whole, begun


def test_every_message_exists_in_each_language_with_the_same_fields() -> None:
    french, *others = load_languages().values()

    for other in others:
        assert other.messages.keys() == french.messages.keys()
        for key, message in french.messages.items():
            assert fields(other.messages[key]) == fields(message), key


@pytest.mark.parametrize("code", NOTATIONS)
def test_no_message_is_empty(code: str) -> None:
    assert all(message.strip() for message in load_languages()[code].messages.values())


def test_the_languages_differ_but_for_names_and_signs() -> None:
    french, english = (load_languages()[code].messages for code in ("fr", "en"))

    alike = {key for key in french if french[key] == english[key]}

    units = {"quantity.minutes", "quantity.votes", "quantity.year"}
    assert alike == {"site.name", "site.title", "site.navigation", "input.budget", "column.budget"} | units


def test_what_the_pages_say_is_written_and_what_is_written_is_said() -> None:
    written = set(load_languages()["fr"].messages)

    whole, begun = keys_in_use()

    assert whole <= written
    assert {key for key in written - whole if not key.startswith(tuple(begun))} == set()


def test_french_signs_never_begin_a_line() -> None:
    for key, message in load_languages()["fr"].messages.items():
        assert not re.search(r" [:;?!%»$]|« |\d \d", message), key
        assert not re.search(r"\w[:;?!»]", message), key
        assert "'" not in message, key


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Quoi ?", "Quoi\u202f?"),
        ("« Up »", "«\u202fUp\u202f»"),
        ("150 000 M ou non", "150\u202f000\u202fM ou non"),
        ("10 % : trop !", "10\u202f%\u202f: trop\u202f!"),
    ],
)
def test_french_text_gets_its_narrow_no_break_spaces(typed: str, printed: str) -> None:
    assert french_spaces(typed) == printed


@pytest.mark.parametrize(
    ("code", "number", "dollars", "percent", "rating", "day"),
    [
        ("fr", "1\u202f234\u202f567,89", "150\u202f000\u202f$", "43,2\u202f%", "7,6", "1 décembre 2009"),
        ("en", "1,234,567.89", "$150,000", "43.2%", "7.6", "December 1, 2009"),
    ],
)
def test_numbers_and_days_are_written_as_the_language_does(
    code: str, number: str, dollars: str, percent: str, rating: str, day: str
) -> None:
    language = load_languages()[code]

    assert language.number(1_234_567.89) == number
    assert language.quantity(150_000, "dollars") == dollars
    assert language.percent(0.4321) == percent
    assert language.percent(0.75, decimals=0) == percent.replace(percent[:4], "75")
    assert language.score(-0.012) == "−0.01".replace(".", percent[2])
    assert language.rating(7.6) == rating
    assert language.day(date(2009, 12, 1)) == day


def test_what_stands_in_a_message_is_escaped() -> None:
    said = load_languages()["fr"].say("search.none", search="<b>&")

    assert "&lt;b&gt;&amp;" in said
