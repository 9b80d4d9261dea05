import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from cinecote_api.schemas import BatchAnswer

JSON = {"Content-Type": "application/json"}
FILMS = [{"budget": 30e6 * number, "runtime": 80 + number} for number in range(1, 6)]


def test_every_film_is_answered_as_if_alone_and_in_order(api: TestClient) -> None:
    alone = [api.post("/v1/predictions", json=film).json() for film in FILMS]

    answer = api.post("/v1/predictions/batch", json={"films": FILMS})

    assert answer.status_code == 200
    BatchAnswer.model_validate_json(answer.content, strict=True)
    assert answer.json()["model"] == {"name": "film-category", "version": "7"}
    assert answer.json()["failed"] == 0
    assert [prediction | {"model": answer.json()["model"]} for prediction in answer.json()["predictions"]] == alone
    assert (answer.headers["X-Model-Version"], answer.headers["X-Model-Role"]) == ("7", "champion")


def test_a_film_that_can_not_be_used_does_not_keep_the_others_from_an_answer(api: TestClient) -> None:
    films: list[Any] = [FILMS[0], {"budget": -1}, 5, {}, {"runtime": [1]}, {"budget": 1e6, "when": "before"}, FILMS[1]]

    answer = api.post("/v1/predictions/batch", json={"films": films})

    assert answer.status_code == 200
    predictions = answer.json()["predictions"]
    assert answer.json()["failed"] == 5
    assert [prediction.get("error", {}).get("pointer") for prediction in predictions] == [
        None, "/films/1/budget", "/films/2", "/films/3", "/films/4/runtime", "/films/5/when", None,
    ]  # fmt: skip
    assert predictions[1] == {"error": {"pointer": "/films/1/budget", "detail": "must be at least 0"}}
    assert "category" in predictions[0]
    assert "category" in predictions[6]


def test_a_number_beyond_what_a_float_holds_fails_its_film_alone(api: TestClient) -> None:
    content = b'{"films": [{"budget": 1e999}, {"budget": -1e999}, {"budget": %s}, {"budget": 5e6}]}' % (b"9" * 5000)

    answer = api.post("/v1/predictions/batch", content=content, headers=JSON)

    assert answer.status_code == 200
    assert answer.json()["failed"] == 3


def test_no_films_are_answered_with_none(api: TestClient) -> None:
    answer = api.post("/v1/predictions/batch", json={"films": []})

    assert answer.status_code == 200
    assert answer.json() == {
        "model": {"name": "film-category", "version": "7"}, "predictions": [], "failed": 0,
    }  # fmt: skip


def test_ten_thousand_films_are_answered_and_one_more_is_too_many(api: TestClient) -> None:
    film = {"budget": 30e6}

    most = api.post("/v1/predictions/batch", json={"films": [film] * 10_000})
    more = api.post("/v1/predictions/batch", json={"films": [film] * 10_001})

    assert (most.status_code, len(most.json()["predictions"])) == (200, 10_000)
    assert (more.status_code, more.json()["type"]) == (413, "urn:cinecote:problem:too-large")


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["/films"]),
        ({"films": None}, ["/films"]),
        ({"films": {"budget": 1e6}}, ["/films"]),
        ({"films": [], "when": "soon"}, ["/when"]),
        ({"films": None, "when": "before"}, ["/films"]),
        ({"films": [], "a/b~": 1, "y" * 100: 1}, ["/a~1b~0", f"/{'y' * 64}…"]),
        ([{"budget": 1e6}], [""]),
        ("films", [""]),
    ],
)
def test_a_batch_of_another_shape_is_refused_whole(api: TestClient, body: Any, pointers: list[str]) -> None:
    answer = api.post("/v1/predictions/batch", content=json.dumps(body), headers=JSON)

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == pointers


def test_while_too_many_batches_are_waiting_another_is_told_to_come_back(
    api: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cinecote_api.predictions.batch_workers._MOST_WAITING", 0)

    answer = api.post("/v1/predictions/batch", json={"films": FILMS})

    assert (answer.status_code, answer.json()["type"]) == (503, "urn:cinecote:problem:busy")
    assert int(answer.headers["Retry-After"]) > 0


def test_inputs_go_to_the_graph_by_the_manifests_order(
    make_model: Callable[..., Path], make_client: Callable[..., TestClient], registry: Any, tmp_path: Path,
    eventually: Callable[[Callable[[], bool]], None],
) -> None:  # fmt: skip
    inputs = ("release_year", "runtime", "vote_count", "budget", "revenue")
    registry.promote(make_model(tmp_path / "model", inputs=inputs), 1)

    with make_client(tmp_path) as client:
        eventually(lambda: client.get("/readyz").status_code == 200)
        answers = [client.post("/v1/predictions", json={"budget": 1e6, "release_year": year}) for year in (1950, 2020)]

    assert answers[0].json()["probabilities"] != answers[1].json()["probabilities"]
