import math

import pytest

from cinecote.features import MAX_LISTED_ERRORS, InvalidFilm, read_film


def faults(film: object) -> dict[str, str]:
    with pytest.raises(InvalidFilm) as refused:
        read_film(film)
    return {fault.pointer: fault.detail for fault in refused.value.faults}


def test_a_film_is_read_as_floats_in_the_order_of_the_inputs() -> None:
    film = read_film({"runtime": 121, "revenue": 150e6, "vote_count": 5200, "budget": 30_000_000})

    assert list(film) == ["revenue", "budget", "vote_count", "runtime", "release_year"]
    assert list(film.values())[:4] == [150e6, 30e6, 5200.0, 121.0]
    assert math.isnan(film["release_year"])


@pytest.mark.parametrize("unknown", [None, 0, 0.0, -0.0, 1, 999, 999.99])
@pytest.mark.parametrize("money", ["revenue", "budget"])
def test_money_under_a_thousand_dollars_is_unknown(money: str, unknown: float | None) -> None:
    assert math.isnan(read_film({money: unknown, "runtime": 90})[money])


def test_no_running_time_is_unknown_but_no_votes_are_known() -> None:
    film = read_film({"runtime": 0, "vote_count": -0.0})

    assert math.isnan(film["runtime"])
    assert math.copysign(1, film["vote_count"]) == 1


@pytest.mark.parametrize(
    ("name", "value", "detail"),
    [
        ("budget", -1, "must be at least 0"),
        ("budget", 1e11 + 1e5, "must be at most 100000000000"),
        ("budget", 10**400, "must be at most 100000000000"),
        ("vote_count", 1e8 + 1, "must be at most 100000000"),
        ("runtime", 1000.5, "must be at most 1000"),
        ("release_year", 1887, "must be at least 1888"),
        ("release_year", 2101, "must be at most 2100"),
        ("revenue", "150", "must be a number"),
        ("revenue", True, "must be a number"),
        ("revenue", [1], "must be a number"),
        ("revenue", math.inf, "must be at most 100000000000"),
        ("revenue", -math.inf, "must be at least 0"),
        ("revenue", math.nan, "must be a finite number"),
        ("votes", 3, "is not an input"),
    ],
)
def test_what_an_input_may_not_be_is_said_without_repeating_it(name: str, value: object, detail: str) -> None:
    assert faults({"runtime": 90, name: value}) == {f"/{name}": detail}


@pytest.mark.parametrize("film", [{}, {"budget": None}, {"budget": 500, "runtime": 0}, {"release_year": 1999}])
def test_at_least_one_of_the_four_is_known(film: dict[str, object]) -> None:
    assert list(faults(film)) == [""]


@pytest.mark.parametrize("film", [None, [], "film", 3])
def test_what_is_no_object_is_no_film(film: object) -> None:
    assert faults(film) == {"": "must be an object"}


def test_pointers_are_escaped_and_shortened() -> None:
    listed = faults({"a/b~c": 1, "x" * 65: 1})

    assert list(listed) == ["/a~1b~0c", f"/{'x' * 64}…"]


def test_no_more_faults_are_listed_than_fit_an_answer() -> None:
    assert len(faults({f"x{number}": 1 for number in range(100)})) == MAX_LISTED_ERRORS
