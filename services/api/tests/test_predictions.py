import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from cinecote.films import CATEGORIES
from cinecote.registry import GRAPH_FILE
from cinecote_api.models.graph import Graph
from cinecote_api.schemas import PredictionAnswer

JSON = {"Content-Type": "application/json"}
FILM = {"revenue": 150e6, "budget": 30e6, "vote_count": 5200, "runtime": 121}


def test_a_film_gets_the_probabilities_of_the_graph_with_every_digit(
    api: TestClient, make_model: Callable[..., Path], tmp_path: Path
) -> None:
    graph = Graph(make_model(tmp_path / "same") / GRAPH_FILE, 4)
    [expected] = graph.run(np.array([[*FILM.values()]], dtype=np.float64)).tolist()

    answer = api.post("/v1/predictions", json=FILM)

    assert answer.status_code == 200
    PredictionAnswer.model_validate_json(answer.content, strict=True)
    assert answer.json()["probabilities"] == dict(zip(CATEGORIES, expected, strict=True))
    assert answer.json()["category"] == max(answer.json()["probabilities"], key=answer.json()["probabilities"].get)
    assert answer.json()["model"] == {"name": "film-category", "version": "7"}
    assert answer.headers["X-Model-Version"] == "7"
    assert answer.headers["X-Model-Role"] == "champion"
    assert answer.headers["Content-Type"] == "application/json"
    assert "médiocre".encode() in answer.content


@pytest.mark.parametrize(
    ("said", "same"),
    [
        ({"budget": 30e6, "revenue": None}, {"budget": 30e6}),
        ({"budget": 30e6, "revenue": 0, "runtime": 0}, {"budget": 30e6}),
        ({"budget": 30e6, "revenue": -0.0}, {"budget": 30e6}),
        ({"budget": 30e6, "revenue": 999}, {"budget": 30e6}),
        ({"vote_count": 5200}, {"vote_count": 5200.0}),
        ({"budget": 30e6, "release_year": 1999}, {"budget": 30e6}),
    ],
)
def test_what_means_the_same_is_answered_the_same(api: TestClient, said: Any, same: Any) -> None:
    answers = [api.post("/v1/predictions", json=film) for film in (said, same)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()


def test_no_votes_is_something_known(api: TestClient) -> None:
    nobody_voted = api.post("/v1/predictions", json={"vote_count": 0})

    assert nobody_voted.status_code == 200


def test_of_a_repeated_member_the_last_one_counts(api: TestClient) -> None:
    repeated = api.post(
        "/v1/predictions",
        content=b'{"budget": -5, "budget": "x", "budget": 30e6}',
        headers=JSON,
    )

    assert repeated.json() == api.post("/v1/predictions", json={"budget": 30e6}).json()


@pytest.mark.parametrize(
    ("film", "errors"),
    [
        ({"budget": 1e6, "when": 5}, {"/when": "must be after or before"}),
        ({"budget": 1e6, "when": None}, {"/when": "must be after or before"}),
        ({"budget": 1e6, "When": "after"}, {"/When": "is not an input"}),
        ({"budget": -1, "runtime": 1001}, {"/budget": "must be at least 0", "/runtime": "must be at most 1000"}),
        ({"budget": "30e6"}, {"/budget": "must be a number"}),
        ({"budget": True}, {"/budget": "must be a number"}),
        ({"budget": [30e6]}, {"/budget": "must be a number"}),
        ({"budget": {"usd": 30e6}}, {"/budget": "must be a number"}),
        ({"budget": 10**30}, {"/budget": "must be at most 100000000000"}),
        ({"release_year": 1887, "budget": 1e6}, {"/release_year": "must be at least 1888"}),
        ({"budget": 1e6, "a/b~c": 1}, {"/a~1b~0c": "is not an input"}),
        ({"budget": 1e6, "x" * 1000: 1}, {f"/{'x' * 64}…": "is not an input"}),
        ({}, {"": "at least one of revenue, budget, vote_count, runtime must be known"}),
        ({"revenue": 0, "runtime": None}, {"": "at least one of revenue, budget, vote_count, runtime must be known"}),
        ({"release_year": 1999}, {"": "at least one of revenue, budget, vote_count, runtime must be known"}),
        ([], {"": "must be an object"}),
        (5, {"": "must be an object"}),
        (None, {"": "must be an object"}),
    ],
)
def test_a_film_that_can_not_be_used_is_told_what_is_wrong(api: TestClient, film: Any, errors: dict[str, str]) -> None:
    answer = api.post("/v1/predictions", content=json.dumps(film), headers=JSON)

    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:cinecote:problem:invalid-input"
    assert {error["pointer"]: error["detail"] for error in answer.json()["errors"]} == errors


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content-Type": "text/plain"},
        {"Content-Type": "text/csv; charset=latin-1"},
        {"Content-Type": "text/csv", "Content-Encoding": "gzip"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/json; charset=latin-1"},
        {"Content-Type": "application/problem+json"},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
        {"Content-Type": "application/json", "Content-Encoding": "identity"},
    ],
)
@pytest.mark.parametrize("call", ["/v1/predictions", "/v1/explanations", "/v1/predictions/batch"])
def test_a_body_that_is_not_plain_json_is_refused_before_its_size(
    api: TestClient, call: str, headers: dict[str, str]
) -> None:
    answer = api.post(call, content=b"{" * 5_000_000, headers=headers)

    assert answer.status_code == 415


@pytest.mark.parametrize(
    "call", ["/livez", "/v1/model", "/v1/films", "/v1/queries", "/v1/queries/no-such-query", "/v1/models", "/v2"]
)
def test_content_encoding_is_refused_where_no_body_is_read_too(api: TestClient, call: str) -> None:
    answer = api.get(call, headers={"Content-Encoding": "gzip"})

    assert answer.status_code == 415


@pytest.mark.parametrize("kind", ["application/json; charset=UTF-8", 'Application/JSON;charset="utf-8"'])
def test_json_may_say_that_it_is_in_utf8(api: TestClient, kind: str) -> None:
    answer = api.post("/v1/predictions", content=b'{"budget": 30e6}', headers={"Content-Type": kind})

    assert answer.status_code == 200


def test_a_query_parameter_is_a_fault(api: TestClient) -> None:
    answer = api.post("/v1/predictions?when=before&x", json=FILM)

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["?when", "?x"]


def test_before_a_first_champion_predictions_are_unavailable(
    make_client: Callable[..., TestClient], tmp_path: Path
) -> None:
    with make_client(tmp_path) as client:
        answers = [
            client.post("/v1/predictions", json=FILM),
            client.post("/v1/predictions/batch", json={"films": []}),
            client.get("/v1/model"),
            client.get("/readyz"),
        ]

        assert [answer.status_code for answer in answers] == [503] * 4
        assert {answer.json()["type"] for answer in answers} == {"urn:cinecote:problem:no-model"}
        assert all(int(answer.headers["Retry-After"]) > 0 for answer in answers)
        assert client.get("/livez").status_code == 200
