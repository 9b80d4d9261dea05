from collections.abc import Callable
from decimal import Decimal

import pytest

from cinecote_web.language import load_languages
from cinecote_web.numbers import (
    ENGLISH,
    FRENCH,
    NotANumber,
    Notation,
    plain_text,
    read_count,
    read_dollars,
    read_minutes,
)

BOTH = (FRENCH, ENGLISH)


@pytest.mark.parametrize("notation", BOTH)
@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("150000000", "150000000"),
        ("150 000 000", "150000000"),
        ("150\u202f000\u202f000", "150000000"),
        ("150\u00a0000\u00a0000", "150000000"),
        ("150'000'000", "150000000"),
        ("150,000,000", "150000000"),
        ("150.000.000", "150000000"),
        ("150,000", "150000"),
        ("150.000", "150000"),
        ("150M", "150000000"),
        ("150 m", "150000000"),
        ("1,5 M", "1500000"),
        ("1.5M", "1500000"),
        ("1.5 millions", "1500000"),
        ("2,75k", "2750"),
        ("1.234,5", "1234.5"),
        ("1,234.5", "1234.5"),
        ("1 234 567,89", "1234567.89"),
        ("1 500,000", "1500"),
        ("12,345,678.9", "12345678.9"),
        ("90.25", "90.25"),
        ("0,500", "0.5"),
        (".5 M", "500000"),
        ("1234,567", "1234.567"),
        ("  42 ", "42"),
        ("+7", "7"),
        ("-12", "-12"),
        ("−1 200", "-1200"),
        ("0", "0"),
    ],
)
def test_a_number_is_read_alike_in_both_languages(typed: str, number: str, notation: Notation) -> None:
    assert read_count(typed, notation) == Decimal(number)


@pytest.mark.parametrize(
    ("notation", "typed", "number"),
    [
        (FRENCH, "1,234 M", "1234000"),
        (ENGLISH, "1,234 M", "1234000000"),
        (FRENCH, "1.234 M", "1234000000"),
        (ENGLISH, "1.234 M", "1234000"),
        (FRENCH, "2,9 Md", "2900000000"),
        (FRENCH, "3 milliards", "3000000000"),
        (ENGLISH, "2.9bn", "2900000000"),
        (ENGLISH, "3 billion", "3000000000"),
        (ENGLISH, "12 thousand", "12000"),
    ],
)
def test_scales_are_read_as_the_language_writes_them(notation: Notation, typed: str, number: str) -> None:
    assert read_count(typed, notation) == Decimal(number)


@pytest.mark.parametrize("notation", BOTH)
@pytest.mark.parametrize(
    "typed",
    [
        *("abc", "12 34", "1 50", "1,5,", "1,50,000", "1.000,000.000", "5.", ".", ",", "-", "1e8", "nan", "inf"),
        *("0x10", "12 €", "10²", "١٢", "12%", "M", "1 M M", "--5", "5-", "9" * 41, "1,000 000", "<b>"),
    ],
)
def test_what_is_no_number_is_refused_and_never_guessed(typed: str, notation: Notation) -> None:
    with pytest.raises(NotANumber):
        read_count(typed, notation)


@pytest.mark.parametrize(("notation", "typed"), [(FRENCH, "1 billion"), (FRENCH, "1 B"), (ENGLISH, "1 Md")])
def test_the_other_language_s_word_for_a_milliard_is_refused(notation: Notation, typed: str) -> None:
    with pytest.raises(NotANumber):
        read_count(typed, notation)


@pytest.mark.parametrize("read", [read_count, read_dollars, read_minutes])
@pytest.mark.parametrize("typed", ["", " ", "\u202f"])
def test_an_empty_field_is_unknown(typed: str, read: Callable[[str, Notation], object]) -> None:
    assert read(typed, FRENCH) is None


@pytest.mark.parametrize("typed", ["$150M", "150 M $", "US$ 150 M", "150 000 000 USD", "150,000,000$", "150 M dollars"])
def test_money_may_carry_its_dollar_sign(typed: str) -> None:
    assert read_dollars(typed, ENGLISH) == 150_000_000


@pytest.mark.parametrize(("notation", "typed"), [(FRENCH, "30 millions de dollars"), (ENGLISH, "30 million dollars")])
def test_money_may_be_said_in_words(notation: Notation, typed: str) -> None:
    assert read_dollars(typed, notation) == 30_000_000


@pytest.mark.parametrize("typed", ["$", "$$5", "5 €", "USD", "15$0", "dollars", "de dollars"])
def test_a_dollar_sign_alone_or_another_currency_is_no_amount(typed: str) -> None:
    with pytest.raises(NotANumber):
        read_dollars(typed, FRENCH)


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        *(("121", 121), ("121 min", 121), ("121 minutes", 121), ("2h01", 121), ("2 h 01", 121)),
        *(("2h 1 min", 121), ("2 H", 120), ("0 h 45", 45), ("2 heures", 120), ("1 hour 5 minutes", 65)),
    ],
)
def test_a_running_time_is_minutes_or_hours_and_minutes(typed: str, minutes: int) -> None:
    assert read_minutes(typed, FRENCH) == minutes


@pytest.mark.parametrize("typed", ["2h75", "2 h 5 h", "121 k", "h", "2:01"])
def test_a_running_time_that_is_none_is_refused(typed: str) -> None:
    with pytest.raises(NotANumber):
        read_minutes(typed, FRENCH)


@pytest.mark.parametrize("code", ["fr", "en"])
@pytest.mark.parametrize(
    "value", [0, 7, 999, 1000, 2_923_706_026, 10**11, 0.5, 1.125, 123.456, 1234.567, 90.25, 123456.789, 1e-7]
)
def test_a_number_in_an_address_is_read_as_itself_in_each_language(value: float, code: str) -> None:
    language = load_languages()[code]

    assert read_count(plain_text(value), language.notation) == Decimal(repr(value))


@pytest.mark.parametrize("code", ["fr", "en"])
@pytest.mark.parametrize("value", [0, 7, 999, 1000, 150_000, 2_923_706_026, 10**11])
def test_a_count_shown_in_the_form_can_be_submitted_again(value: int, code: str) -> None:
    language = load_languages()[code]

    shown = language.typed_number(value)

    assert read_count(shown, language.notation) == value
    assert shown.isascii()
