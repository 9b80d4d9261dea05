"""What the Open Inference Protocol's calls refuse, and with which status: docs/adr/0011 says why."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from cinecote_api.access.keys import make_key
from cinecote_api.problems.problems import LARGEST_ANSWER

from .fuzzing import many

MODEL = "/v2/models/film-category"
INFER = f"{MODEL}/infer"
JSON = {"Content-Type": "application/json"}
ROW = [150e6, 30e6, 5200, 121]
NAMES = ["revenue", "budget", "vote_count", "runtime"]


def tensor(**members: Any) -> dict[str, Any]:
    return {"name": "films", "shape": [1, 4], "datatype": "FP64", "data": ROW} | members


def without(name: str) -> dict[str, Any]:
    return {member: value for member, value in tensor().items() if member != name}


def column(name: str, *shape: int) -> dict[str, Any]:
    return {"name": name, "shape": shape, "datatype": "FP64", "data": [50] * 2}


def refused(api: TestClient, status: int, body: Any, **sent: Any) -> str:
    """The error that comes back with `status`."""
    content = body if isinstance(body, bytes) else json.dumps(body)
    answer = api.post(INFER, content=content, headers=JSON | sent)
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/json"
    assert list(answer.json()) == ["error"]
    assert len(answer.content) <= LARGEST_ANSWER
    return str(answer.json()["error"])


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v2/models/other", 404),
        ("GET", "/v2/models/other/ready", 404),
        ("POST", "/v2/models/other/infer", 404),
        ("GET", f"{MODEL}/versions/9", 404),
        ("GET", f"{MODEL}/versions/9/ready", 404),
        ("POST", f"{MODEL}/versions/9/infer", 404),
        ("GET", f"{MODEL}/versions/07", 404),
        ("GET", "/v2/nothing", 404),
        ("GET", INFER, 405),
        ("POST", MODEL, 405),
        ("POST", "/v2/health/ready", 405),
        ("GET", f"{MODEL}?x=1", 422),
    ],
)
def test_what_is_not_there_is_told_by_the_protocols_error(api: TestClient, method: str, path: str, status: int) -> None:
    answer = api.request(method, path, json={"inputs": [tensor()]} if method == "POST" else None)

    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/json"
    assert list(answer.json()) == ["error"]
    assert ("Allow" in answer.headers) == (status == 405)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff", b'{"inputs": [', b'{"inputs": [{"data": [NaN]}]}', b'{"id": 5, "inputs": [}']
)
def test_what_is_no_json_is_400(api: TestClient, body: bytes) -> None:
    assert "JSON" in refused(api, 400, body)


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ([1], "object"),
        ({}, "inputs"),
        ({"inputs": None}, "$.inputs"),
        ({"inputs": [without("name")]}, "name"),
        ({"inputs": [without("shape")]}, "shape"),
        ({"inputs": [without("datatype")]}, "datatype"),
        ({"inputs": [without("data")]}, "data"),
        ({"inputs": [tensor(shape="s3cret")]}, "$.inputs[0].shape"),
        ({"inputs": [tensor(shape=[1.5, 4])]}, "$.inputs[0].shape[0]"),
        ({"inputs": [tensor(shape=[-1, 4])]}, "$.inputs[0].shape[0]"),
        ({"inputs": [tensor(datatype="s3cret")]}, "datatype"),
        ({"inputs": [tensor(datatype="fp64")]}, "datatype"),
        ({"inputs": [tensor()], "id": 42}, "$.id"),
        ({"inputs": [tensor()], "id": "4" * 129}, "$.id"),
        ({"inputs": [tensor()], "parameters": []}, "$.parameters"),
        ({"inputs": [tensor()], "outputs": ["category"]}, "$.outputs[0]"),
    ],
)
def test_what_is_no_inference_request_is_422(api: TestClient, body: Any, place: str) -> None:
    error = refused(api, 422, body)

    assert place in error
    assert "s3cret" not in error


@pytest.mark.parametrize(
    "body",
    [
        {"inputs": []},
        {"inputs": [tensor(name="input-0")]},
        {"inputs": [tensor(), tensor()]},
        {"inputs": [tensor(), column("budget", 2)]},
        {"inputs": [column(name, 2) for name in NAMES[1:]]},
        {"inputs": [column(name, 2) for name in NAMES[:3]] + [column("runtime", 2, 2)]},
        {"inputs": [column(name, 2) for name in NAMES[:3]] + [column("runtime", 3)]},
        {"inputs": [column(name) for name in NAMES]},
        {"inputs": [tensor(shape=[2, 4])]},
        {"inputs": [tensor(shape=[1, 3])]},
        {"inputs": [tensor(shape=[1, 3], data=ROW[:3])]},
        {"inputs": [tensor(shape=[4])]},
        {"inputs": [tensor(shape=[])]},
        {"inputs": [tensor(shape=[1, 1, 4])]},
        {"inputs": [tensor(shape=[2, 4], data=[ROW, ROW[:2]])]},
        {"inputs": [tensor(datatype="BYTES", data=["a"] * 4)]},
        {"inputs": [tensor(datatype="BOOL", data=[True] * 4)]},
        {"inputs": [tensor()], "outputs": [{"name": "s3cret"}]},
        {"inputs": [tensor()], "outputs": [{"name": "category"}] * 2},
        {"inputs": [without("data") | {"parameters": {"binary_data_size": 32}}]},
        {"inputs": [tensor()], "outputs": [{"name": "category", "parameters": {"binary_data": True}}]},
        {"inputs": [tensor()], "parameters": {"binary_data_output": True}},
    ],
)
def test_tensors_that_are_not_the_models_are_400(api: TestClient, body: Any) -> None:
    assert "s3cret" not in refused(api, 400, body)


@pytest.mark.parametrize(
    "data",
    [["a"] * 4, [True, 1, 2, 3], {}, 5, None, [[150e6, 30e6], 5200, 121], [[[150e6], [30e6], [5200], [121]]]],
)
def test_data_that_are_no_numbers_are_422(api: TestClient, data: Any) -> None:
    assert "numbers and nulls" in refused(api, 422, {"inputs": [tensor(data=data)]})


@pytest.mark.parametrize("number", [b"1e999", b"-1e999", b"9" * 400, b"9" * 5_000, b"1e39"])
@pytest.mark.parametrize("datatype", [b"FP64", b"FP32"])
def test_a_number_beyond_every_range_is_422(api: TestClient, number: bytes, datatype: bytes) -> None:
    body = b'{"inputs":[{"name":"films","shape":[1,4],"datatype":"%s","data":[1,%s,1,1]}]}' % (datatype, number)

    refused(api, 422, body)


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        ([None, -77001, None, 90], "row 1, budget: must be at least 0"),
        ([None, None, None, 1001], "row 1, runtime: must be at most 1000"),
        ([None] * 4, "row 1: at least one of"),
        ([0, 999, None, 0], "row 1: at least one of"),
    ],
)
def test_one_row_that_can_not_be_used_refuses_the_request_and_is_named(
    api: TestClient, bad: list[Any], told: str
) -> None:
    error = refused(api, 422, {"inputs": [tensor(shape=[3, 4], data=[ROW, bad, ROW])]})

    assert error.startswith(told)
    assert "77001" not in error


def test_an_integer_tensor_holds_whole_numbers(api: TestClient) -> None:
    error = refused(api, 422, {"inputs": [tensor(datatype="INT64", data=[1, 2.5, 3, 4])]})

    assert "whole" in error


def test_too_many_rows_or_bytes_are_413(api: TestClient) -> None:
    rows = {"inputs": [tensor(shape=[10_001, 4], data=[9] * 40_004)]}

    refused(api, 413, rows)
    refused(api, 413, {"inputs": [column(name, 10_001) for name in NAMES]})
    refused(api, 413, json.dumps({"inputs": [tensor()]}).encode().ljust(4 * 1024 * 1024 + 1))
    refused(api, 413, b'{"inputs":[' + b"{}," * 200_001 + b"{}]}")


def test_while_too_many_batches_are_waiting_only_a_large_tensor_is_told_to_come_back(
    api: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cinecote_api.predictions.batch_workers._MOST_WAITING", 0)
    large = {"inputs": [tensor(shape=[5_000, 4], data=[99] * 20_000)]}

    refused(api, 503, large)
    small = api.post(INFER, json={"inputs": [tensor()]})

    assert small.status_code == 200


def test_what_nobody_expected_is_the_protocols_error_too(api: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise OSError("s3cret")

    monkeypatch.setattr("cinecote_api.routes.open_inference.Inference.answer", fail)

    error = refused(api, 500, {"inputs": [tensor()]})

    assert "s3cret" not in error


def test_what_is_not_plain_json_is_415(api: TestClient) -> None:
    body = {"inputs": [tensor()]}

    refused(api, 415, body, **{"Content-Type": "text/plain"})
    refused(api, 415, body, **{"Content-Encoding": "gzip"})
    binary = refused(api, 415, body, **{"Inference-Header-Content-Length": "10"})

    assert "binary" in binary


def test_where_a_key_is_needed_health_and_the_server_stay_open(
    make_client: Callable[..., TestClient], registry: Any, make_model: Callable[..., Path], tmp_path: Path,
    eventually: Callable[[Callable[[], bool]], None],
) -> None:  # fmt: skip
    registry.promote(make_model(tmp_path / "model"), 1)
    token, key = make_key("partner", ["predict"])
    with make_client(tmp_path, api_keys=str(key)) as client:
        eventually(lambda: client.get("/v2/health/ready").status_code == 200)
        opened = [client.get("/v2"), client.get("/v2/health/live")]
        closed = [client.get(MODEL), client.post(INFER, json={"inputs": [tensor()]})]
        keyed = client.post(INFER, json={"inputs": [tensor()]}, headers={"Authorization": f"Bearer {token}"})

    assert [answer.status_code for answer in (*opened, keyed)] == [200] * 3
    assert [(answer.status_code, list(answer.json())) for answer in closed] == [(401, ["error"])] * 2
    assert all(answer.headers["WWW-Authenticate"] == "Bearer" for answer in closed)


values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=5), st.dictionaries(st.text(max_size=8), inner, max_size=4)),
    max_leaves=10,
)
tensors = st.fixed_dictionaries(
    {
        "name": st.one_of(st.sampled_from(["films", *NAMES]), values),
        "shape": st.one_of(st.sampled_from([[1, 4], [2, 4], [1], [1, 1], [0, 4]]), values),
        "datatype": st.one_of(st.sampled_from(["FP64", "FP32", "INT64", "BYTES"]), values),
        "data": st.one_of(st.lists(st.one_of(st.none(), st.integers(), st.floats()), max_size=8), values),
    },
    optional={"parameters": values},
)


@given(
    body=st.one_of(
        values,
        st.fixed_dictionaries(
            {"inputs": st.lists(tensors, max_size=4)}, optional={"id": values, "outputs": values, "parameters": values}
        ),
    )
)
@many(150)
def test_no_body_makes_the_api_fail(api: TestClient, body: Any) -> None:
    answer = api.post(INFER, content=json.dumps(body), headers=JSON)

    assert answer.status_code in (200, 400, 422)
    assert answer.status_code == 200 or list(answer.json()) == ["error"]
    assert len(answer.content) <= LARGEST_ANSWER
