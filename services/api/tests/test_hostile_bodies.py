import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from cinecote_api.predictions.film_prediction import LARGEST_FILM
from cinecote_api.problems.problems import LARGEST_ANSWER

from .fuzzing import many

JSON = {"Content-Type": "application/json"}
CALLS = ["/v1/predictions", "/v1/explanations", "/v1/predictions/batch"]
MANY = many(150)

numbers = st.one_of(
    st.integers(),
    st.integers(min_value=-(2**70), max_value=2**70),
    st.floats(),
    st.integers(min_value=1, max_value=500).map(lambda digits: 10**digits - 1),
    st.sampled_from([0, -0.0, 5e-324, 1e308, 2**63, -(2**63), 10**400, 999, 1000, 1e11, 1e11 + 1, math.nan, math.inf]),
)
values = st.recursive(
    st.one_of(numbers, st.text(max_size=20), st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)),
    max_leaves=8,
)
names = st.one_of(
    st.sampled_from(["revenue", "budget", "vote_count", "runtime", "release_year", "films"]), st.text(max_size=100)
)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    "body",
    [
        b"", b" ", b"{", b"nul", b"{}}", b"{'budget': 1}", b'{"budget": NaN}', b'{"budget": Infinity}',
        b'{"budget": -Infinity}', b'{"films": [{"budget": NaN}]}', b'{"budget": 01}', b'{"budget": 1.}',
        b'{"budget": +1}',
        b'{"budget": 1,}', b'{"budget": 1} {}', b'{"budget": [NaN]}', b'{"films": [[NaN]]}',
        b'{"films": [{"budget": tru}]}',
        b'{"bud\xffget": 1}', b'{"films": ["\xff"]}', b'{"\\ud800": 1}', b'{"films": [{"\\ud800": 1}]}', b'"\x01"',
        b"\xef\xbb\xbf{}", '{"budget": 1}'.encode("utf-16"), b'{"budget": 1}\x00', b'[1, 2', b'{"films": [}', b'5 5',
        b"[" * 15_000, b'{"budget":' * 1500, b'{"films":' + b"[" * 15_000, b'{"films":[' + b'{"a":' * 2000,
    ],
)  # fmt: skip
def test_what_is_no_json_is_told_so_without_pointers(api: TestClient, call: str, body: bytes) -> None:
    answer = api.post(call, content=body, headers=JSON)

    assert answer.status_code == 400
    assert answer.json()["type"] == "urn:cinecote:problem:malformed-json"
    assert "errors" not in answer.json()


def test_a_hundred_thousand_brackets_are_no_batch(api: TestClient) -> None:
    answer = api.post("/v1/predictions/batch", content=b"[" * 100_000, headers=JSON)

    assert answer.status_code == 400


@pytest.mark.parametrize("number", ["1e999", "-1e999", "9" * 10_000, "0." + "1" * 10_000, "1e-999", "-" + "9" * 4000])
def test_a_number_of_any_length_is_read_or_refused(api: TestClient, number: str) -> None:
    answer = api.post("/v1/predictions", content=f'{{"budget": {number}, "runtime": 90}}', headers=JSON)

    within = number in ("1e-999", "0." + "1" * 10_000)
    assert answer.status_code == (200 if within else 422)


@pytest.mark.parametrize(
    ("call", "limit"), [("/v1/predictions", 16 * 1024), ("/v1/predictions/batch", 4 * 1024 * 1024)]
)
def test_a_body_may_be_as_large_as_its_limit_and_no_larger(api: TestClient, call: str, limit: int) -> None:
    film = b'{"budget": 30e6}' if call == "/v1/predictions" else b'{"films": []}'

    full = api.post(call, content=film.ljust(limit), headers=JSON)
    over = api.post(call, content=film.ljust(limit + 1), headers=JSON)

    assert full.status_code == 200
    assert (over.status_code, over.json()["type"]) == (413, "urn:cinecote:problem:too-large")


def test_megabytes_of_values_are_refused_before_they_are_built(api: TestClient) -> None:
    answer = api.post("/v1/predictions/batch", content=b'{"films":[' + b"[]," * 1_390_000 + b"[]]}", headers=JSON)

    assert answer.status_code == 413


def test_a_list_of_errors_stays_small_and_repeats_no_value(api: TestClient) -> None:
    film = {"\x01" * 63 + str(number): "s3cret" for number in range(10, 40)}

    answer = api.post("/v1/predictions", json=film)

    assert answer.status_code == 422
    assert 0 < len(answer.json()["errors"]) <= 20
    assert len(answer.content) <= LARGEST_ANSWER
    assert "s3cret" not in answer.text


@given(film=st.dictionaries(names, values, max_size=8))
@MANY
def test_no_film_makes_the_api_fail(api: TestClient, film: dict[str, Any]) -> None:
    body = json.dumps(film)

    answer = api.post("/v1/predictions", content=body, headers=JSON)

    assert answer.status_code in ((200, 400, 422) if len(body) <= LARGEST_FILM else (413,))
    assert len(answer.content) <= LARGEST_ANSWER
    json.loads(answer.content, parse_constant=_no_constant)


@given(batch=st.one_of(values, st.fixed_dictionaries({"films": st.lists(st.dictionaries(names, values, max_size=4))})))
@MANY
def test_no_batch_makes_the_api_fail(api: TestClient, batch: Any) -> None:
    answer = api.post("/v1/predictions/batch", content=json.dumps(batch), headers=JSON)

    assert answer.status_code in (200, 400, 422)
    json.loads(answer.content, parse_constant=_no_constant)


@given(body=st.binary(max_size=200), call=st.sampled_from(CALLS))
@MANY
def test_no_bytes_make_the_api_fail(api: TestClient, body: bytes, call: str) -> None:
    answer = api.post(call, content=body, headers=JSON)

    assert answer.status_code in (200, 400, 422)
    assert len(answer.content) <= LARGEST_ANSWER


def _no_constant(name: str) -> None:
    raise AssertionError(f"{name} is no JSON")
