"""The short way to read a film says what the careful way says."""

import json
import math
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cinecote.features import ACCEPTED, InvalidFilm, read_film
from cinecote_api.predictions.json_body import Values, parse_film, read_film_body
from cinecote_api.problems.problems import Problem

NAMES = [accepted.name for accepted in ACCEPTED]
EDGES = [0, -0.0, 1, 999, 999.5, 1000, 1e8, 1e11, 1e11 + 1, 1888, 2100, 2101, -1, 5e-324, 10**30, 1e308]
VALUES = st.one_of(
    st.none(), st.booleans(), st.sampled_from(EDGES), st.integers(), st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=5), st.just([]), st.just({}),
)  # fmt: skip
# A machine that has other work draws slowly.
ANY_MACHINE = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
FILMS = st.dictionaries(st.sampled_from([*NAMES, "vues", "Budget", "é"]), VALUES, max_size=6)


def outcome(read: Any, body: bytes) -> object:
    """What reading gives, or what it says is wrong."""
    try:
        # NaN isn't equal to itself, and -0.0 is to 0.0.
        when, film = read(body)
        return when, [repr(value) for value in film]
    except InvalidFilm as invalid:
        return invalid.faults
    except Problem as problem:
        return problem.kind, problem.detail


def carefully(body: bytes) -> tuple[str, Values]:
    return "after", tuple(read_film(parse_film(body)).values())


@ANY_MACHINE
@given(FILMS)
@example({"budget": 0, "revenue": None})
@example({})
def test_a_film_is_read_alike(film: dict[str, object]) -> None:
    body = json.dumps(film, ensure_ascii=False).encode()

    assert outcome(read_film_body, body) == outcome(carefully, body)


@ANY_MACHINE
@given(st.one_of(st.binary(max_size=40), st.text('{}[]":,.-+eE0123456789budget nul\\', max_size=40).map(str.encode)))
@example(b'{"budget": 1e6, "budget": 2e6}')
@example(b'{"budget": 1e6} ')
@example(b'{"budget": 1e6}}')
@example(b'{"budget": 1e999}')
@example(b'{"budget": NaN}')
@example(b'{"bud\\u0067et": 1e6}')
@example(b'{"budget": 1e6, "\xff": 1}')
def test_a_body_is_read_alike(body: bytes) -> None:
    assert outcome(read_film_body, body) == outcome(carefully, body)


def test_an_unknown_input_is_not_a_number() -> None:
    _, values = read_film_body(b'{"budget": 30e6, "revenue": 999, "runtime": 0}')
    film = dict(zip(NAMES, values, strict=True))

    assert film["budget"] == 30e6
    assert all(math.isnan(film[name]) for name in NAMES if name != "budget")
