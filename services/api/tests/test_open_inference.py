"""A walk through the Open Inference Protocol's REST specification, version 2, path by path and object by object."""

import json
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from cinecote_api.open_inference import schemas

MODEL = "/v2/models/film-category"
ROWS: list[list[Any]] = [[150e6, 30e6, 5200, 121], [2e6, 1e6, 40, 95], [None, None, 0, None]]
NAMES = ["revenue", "budget", "vote_count", "runtime"]


def films(rows: list[list[Any]], **members: Any) -> dict[str, Any]:
    flat = [value for row in rows for value in row]
    return {"name": "films", "shape": [len(rows), 4], "datatype": "FP64", "data": flat} | members


def columns(rows: list[list[Any]], *tail: int) -> list[dict[str, Any]]:
    return [
        {"name": name, "shape": [len(rows), *tail], "datatype": "FP64", "data": [row[index] for row in rows]}
        for index, name in enumerate(NAMES)
    ]


def infer(api: TestClient, *inputs: dict[str, Any], path: str = MODEL, **members: Any) -> dict[str, Any]:
    answer = api.post(f"{path}/infer", json={"inputs": inputs} | members)
    assert answer.status_code == 200, answer.text
    schemas.InferenceAnswer.model_validate_json(answer.content, strict=True)
    said: dict[str, Any] = answer.json()
    return said


@pytest.mark.parametrize("path", ["/v2", "/v2/"])
def test_the_server_tells_its_name_version_and_extensions(api: TestClient, path: str) -> None:
    answer = api.get(path)

    assert answer.status_code == 200
    assert answer.json() == {"name": "cinecote-api", "version": version("cinecote-api"), "extensions": []}


def test_the_server_is_live_and_ready(api: TestClient) -> None:
    answers = [api.get("/v2/health/live"), api.get("/v2/health/ready")]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert [answer.json() for answer in answers] == [{"live": True}, {"live": True, "ready": True}]


def test_the_model_tells_its_versions_platform_inputs_and_outputs(api: TestClient) -> None:
    answers = [api.get(MODEL), api.get(f"{MODEL}/versions/7")]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json() == {
        "name": "film-category",
        "versions": ["7"],
        "platform": "onnx_onnxv1",
        "inputs": [{"name": "films", "datatype": "FP64", "shape": [-1, 4]}],
        "outputs": [
            {"name": "category", "datatype": "BYTES", "shape": [-1]},
            {"name": "probabilities", "datatype": "FP64", "shape": [-1, 3]},
        ],
    }  # fmt: skip


@pytest.mark.parametrize("path", [MODEL, f"{MODEL}/versions/7"])
def test_the_model_is_ready(api: TestClient, path: str) -> None:
    answer = api.get(f"{path}/ready")

    assert (answer.status_code, answer.json()) == (200, {"name": "film-category", "ready": True})


def test_without_a_model_the_server_lives_and_nothing_is_ready(
    make_client: Callable[..., TestClient], tmp_path: Path
) -> None:
    with make_client(tmp_path) as client:
        live = client.get("/v2/health/live")
        answers = [client.get(path) for path in ("/v2/health/ready", MODEL, f"{MODEL}/ready", f"{MODEL}/versions/1")]
        answers.append(client.post(f"{MODEL}/infer", json={"inputs": [films(ROWS)]}))

    assert live.status_code == 200
    assert [answer.status_code for answer in answers] == [503] * 5
    assert all(list(answer.json()) == ["error"] for answer in answers)
    assert all(int(answer.headers["Retry-After"]) > 0 for answer in answers)


def test_a_row_is_answered_as_the_film_that_it_is(api: TestClient) -> None:
    alone = [api.post("/v1/predictions", json=dict(zip(NAMES, row, strict=True))).json() for row in ROWS]

    said = infer(api, films(ROWS))

    assert (said["model_name"], said["model_version"]) == ("film-category", "7")
    category, probabilities = said["outputs"]
    assert category == {
        "name": "category", "datatype": "BYTES", "shape": [3], "data": [film["category"] for film in alone],
    }  # fmt: skip
    assert (probabilities["name"], probabilities["datatype"]) == ("probabilities", "FP64")
    assert probabilities["shape"] == [3, 3]
    assert probabilities["data"] == [
        film["probabilities"][name] for film in alone for name in ("médiocre", "moyen", "bien")
    ]


def test_a_version_that_is_served_can_be_asked_for(api: TestClient) -> None:
    assert infer(api, films(ROWS), path=f"{MODEL}/versions/7") == infer(api, films(ROWS))


@pytest.mark.parametrize(
    "inputs",
    [
        [films(ROWS, data=ROWS)],
        [films(ROWS, parameters={"content_type": "np"}, note="passed over")],
        columns(ROWS),
        columns(ROWS, 1),
        [{**tensor, "data": [[value] for value in tensor["data"]]} for tensor in columns(ROWS, 1)],
        columns(ROWS)[::-1],
    ],
    ids=["nested", "with parameters", "columns", "columns [n, 1]", "nested columns", "in another order"],
)
def test_a_tensor_may_be_nested_and_its_columns_sent_apart(api: TestClient, inputs: list[dict[str, Any]]) -> None:
    assert infer(api, *inputs) == infer(api, films(ROWS))


def test_numbers_are_what_their_datatype_holds(api: TestClient) -> None:
    row = [123456789.0, 30e6, 5200.0, 121.0]
    rounded = [float(np.float32(value)) for value in row]

    fp32 = infer(api, films([row], datatype="FP32"))
    int64 = infer(api, films([[123456789, 30_000_000, 5200, 121]], datatype="INT64"))

    assert rounded != row
    assert fp32 == infer(api, films([rounded]))
    assert int64 == infer(api, films([row]))


def test_an_id_comes_back_and_parameters_are_taken(api: TestClient) -> None:
    with_id = infer(api, films(ROWS), id="é42", parameters={"any": 1}, other=[1])
    without = [infer(api, films(ROWS)), infer(api, films(ROWS), id=None, parameters=None, outputs=None)]

    assert with_id["id"] == "é42"
    assert all("id" not in said for said in without)


@pytest.mark.parametrize("names", [["probabilities"], ["category"], ["probabilities", "category"]])
def test_outputs_that_are_asked_for_come_alone_and_in_that_order(api: TestClient, names: list[str]) -> None:
    every = {output["name"]: output for output in infer(api, films(ROWS), outputs=[])["outputs"]}

    said = infer(api, films(ROWS), outputs=[{"name": name, "parameters": {"binary_data": False}} for name in names])

    assert said["outputs"] == [every[name] for name in names]


def test_no_rows_are_answered_with_none(api: TestClient) -> None:
    outputs = infer(api, films([]))["outputs"]

    assert [(output["shape"], output["data"]) for output in outputs] == [([0], []), ([0, 3], [])]


def test_ten_thousand_rows_are_answered(api: TestClient) -> None:
    said = infer(api, films([[None, 30e6, 10, 90]] * 10_000))

    assert said["outputs"][1]["shape"] == [10_000, 3]
    assert len(said["outputs"][1]["data"]) == 30_000


def test_the_headers_say_who_answered_and_the_rows_are_counted(api: TestClient) -> None:
    before = _predictions(api)

    answer = api.post(f"{MODEL}/infer", json={"inputs": [films(ROWS)]})

    assert (answer.headers["X-Model-Version"], answer.headers["X-Model-Role"]) == ("7", "champion")
    assert _predictions(api) - before == 3


def test_every_call_of_the_specification_is_described(api: TestClient) -> None:
    document = api.get("/openapi.json").json()

    paths = {path: set(calls) for path, calls in document["paths"].items() if path.startswith("/v2")}
    assert paths == {
        "/v2": {"get"}, "/v2/health/live": {"get"}, "/v2/health/ready": {"get"},
        **{f"/v2/models/{{model}}{version}{call}": {verb} for version in ("", "/versions/{version}")
           for call, verb in (("", "get"), ("/ready", "get"), ("/infer", "post"))},
    }  # fmt: skip
    for path, calls in paths.items():
        for status, response in document["paths"][path][calls.pop()]["responses"].items():
            if status != "200":
                assert json.dumps(response["content"]).endswith('#/components/schemas/ProtocolError"}}}')


def _predictions(api: TestClient) -> float:
    families = text_string_to_metric_families(api.get("/metrics").text)
    named = {"model": "film-category", "version": "7", "role": "champion"}
    return sum(
        sample.value
        for family in families
        for sample in family.samples
        if sample.name == "cinecote_predictions_total" and sample.labels.items() >= named.items()
    )
