"""How long a server wants to be left alone, whatever it says."""

import pytest

from cinecote_collect.tmdb.retry_after import seconds_of


@pytest.mark.parametrize("said", [None, "", "²", "soon", "-1", "1.5", "Fri, 31 Dec 9999 23:59:59 -2359"])
def test_what_is_neither_seconds_nor_a_date_says_nothing(said: str | None) -> None:
    assert seconds_of(said) is None


@pytest.mark.parametrize(
    ("said", "seconds"), [("3", 3.0), (" 0 ", 0.0), ("9" * 400, float("inf")), ("Sun, 06 Nov 1994 08:49:37 GMT", 0.0)]
)
def test_seconds_and_dates_are_read(said: str, seconds: float) -> None:
    assert seconds_of(said) == seconds


def test_a_date_in_the_future_is_so_many_seconds_away() -> None:
    far = seconds_of("Fri, 01 Jan 2100 00:00:00 GMT")

    assert far is not None
    assert far > 86_400
