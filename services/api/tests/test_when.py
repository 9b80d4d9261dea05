from typing import Any

import pytest
from starlette.testclient import TestClient

CSV = {"Content-Type": "text/csv"}
FILM = {"budget": 30e6, "runtime": 121}
SINGLE = ["/v1/predictions", "/v1/explanations"]


@pytest.mark.parametrize("call", SINGLE)
def test_after_the_release_is_what_is_meant_without_a_word(api: TestClient, call: str) -> None:
    said = api.post(call, json=FILM | {"when": "after"})

    assert said.status_code == 200
    assert said.json() == api.post(call, json=FILM).json()


@pytest.mark.parametrize("call", SINGLE)
def test_what_was_to_be_expected_before_the_release_waits_for_its_model(api: TestClient, call: str) -> None:
    answers = [api.post(call, json=film | {"when": "before"}) for film in (FILM, {"runtime": 90, "release_year": 2030})]

    assert [answer.status_code for answer in answers] == [409, 409]
    assert {answer.json()["type"] for answer in answers} == {"urn:cinecote:problem:no-such-model"}


@pytest.mark.parametrize(
    ("film", "errors"),
    [
        (FILM | {"revenue": 5e6}, {"/revenue": "is not known before the release"}),
        (
            FILM | {"vote_count": None, "budget": -1},
            {"/vote_count": "is not known before the release", "/budget": "must be at least 0"},
        ),
        ({}, {"": "at least one of budget, runtime must be known"}),
        ({"release_year": 2030}, {"": "at least one of budget, runtime must be known"}),
        ({"budget": 0}, {"": "at least one of budget, runtime must be known"}),
    ],
)
@pytest.mark.parametrize("call", SINGLE)
def test_before_the_release_only_what_is_known_then_may_be_said(
    api: TestClient, call: str, film: Any, errors: dict[str, str]
) -> None:
    answer = api.post(call, json=film | {"when": "before"})

    assert answer.status_code == 422
    assert {error["pointer"]: error["detail"] for error in answer.json()["errors"]} == errors


def test_a_batch_says_when_for_all_its_films(api: TestClient) -> None:
    after = api.post("/v1/predictions/batch", json={"films": [FILM], "when": "after"})
    before = api.post("/v1/predictions/batch", json={"films": [FILM], "when": "before"})
    within = api.post("/v1/predictions/batch", json={"films": [FILM | {"when": "after"}]})

    assert (after.status_code, after.json()["failed"]) == (200, 0)
    assert before.status_code == 409
    assert within.json()["predictions"] == [{"error": {"pointer": "/films/0/when", "detail": "is not an input"}}]


@pytest.mark.parametrize(
    ("query", "table", "status", "pointers"),
    [
        ("?when=after", b"budget\n5000\n", 200, None),
        ("?when=before", b"title,budget\nx,5000\n", 409, None),
        ("?when=before", b"budget,revenue,vote_count\n1,2,3\n", 422, ["/revenue", "/vote_count"]),
        ("?when=before", b"release_year\n1999\n", 422, [""]),
        ("?when=soon", b"budget\n5000\n", 422, ["?when"]),
        ("?when=", b"budget\n5000\n", 422, ["?when"]),
        ("?when=after&x=1", b"budget\n5000\n", 422, ["?x"]),
    ],
)
def test_a_table_says_when_in_its_address(
    api: TestClient, query: str, table: bytes, status: int, pointers: list[str] | None
) -> None:
    answer = api.post(f"/v1/predictions/batch{query}", content=table, headers=CSV)

    assert answer.status_code == status
    if pointers is not None:
        assert [error["pointer"] for error in answer.json()["errors"]] == pointers


@pytest.mark.parametrize(("when", "status"), [("after", 200), ("before", 409), ("now", 422)])
def test_a_batch_in_json_may_be_asked_by_the_parameter_too(api: TestClient, when: str, status: int) -> None:
    assert api.post(f"/v1/predictions/batch?when={when}", json={"films": [{"budget": 1e6}]}).status_code == status
