"""What holds for every call."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from cinecote_api.database_reader import DatabaseReader
from cinecote_api.models.serving import Serving
from cinecote_api.schemas import ModelCard


def test_the_card_tells_the_manifests_figures_word_for_word(api: TestClient) -> None:
    answer = api.get("/v1/model")

    ModelCard.model_validate_json(answer.content, strict=True)
    card = answer.json()
    assert (card["name"], card["version"], card["role"]) == ("film-category", "7", "champion")
    assert card["trained_at"] == "2026-11-23T09:00:00Z"
    assert card["data"]["sources"] == {"sample": card["data"]["films"]}
    assert card["metrics"]["complete"] == {"macro_f1": {"value": 0.643, "low": 0.62, "high": 0.66}}
    assert card["inputs"] == ["revenue", "budget", "vote_count", "runtime"]
    assert (card["thresholds"], card["margin"]) == ({"moyen": 6.0, "bien": 7.0}, 0.1)
    assert re.fullmatch("[0-9a-f]{64}", card["sha256"])


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/v1/model", "/docs", "/openapi.json", "/nowhere"])
def test_head_is_get_without_a_body(api: TestClient, path: str) -> None:
    get, head = api.get(path), api.head(path)

    assert head.content == b""
    assert (head.status_code, head.headers["Content-Length"]) == (get.status_code, get.headers["Content-Length"])
    assert head.headers["Content-Type"] == get.headers["Content-Type"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/v1/predictions", "POST"),
        ("HEAD", "/v1/predictions", "POST"),
        ("DELETE", "/v1/films", "GET, HEAD"),
        ("POST", "/v1/films/1", "GET, HEAD"),
        ("OPTIONS", "/v1/model", "GET, HEAD"),
        ("PUT", "/livez", "GET, HEAD"),
        ("POST", "/docs", "GET, HEAD"),
    ],
)
def test_another_method_is_told_which_ones_are_taken(api: TestClient, method: str, path: str, allowed: str) -> None:
    answer = api.request(method, path)

    assert answer.status_code == 405
    assert answer.headers["Allow"] == allowed


@pytest.mark.parametrize(
    "path", ["/", "/v1", "/v1/films/", "/v1/predictions/", "/v1/models/", "/v3", "/v20", "/docs/", "/docs/x"]
)
def test_an_unknown_address_is_a_problem(api: TestClient, path: str) -> None:
    answer = api.get(path, follow_redirects=False)

    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:cinecote:problem:not-found"


@pytest.mark.parametrize(
    "path", ["/livez", "/readyz", "/metrics", "/docs", "/openapi.json", "/v1/model", "/v1/films/1"]
)
def test_a_query_parameter_that_is_not_taken_is_a_fault_anywhere(api: TestClient, path: str) -> None:
    answer = api.get(path, params={"colour": "s3cret"})

    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"pointer": "?colour", "detail": "is not a parameter"}]
    assert "s3cret" not in answer.text


@pytest.mark.parametrize("request_id", ["a", "trace-1/2:3", "~" * 128])
def test_a_request_id_comes_back(api: TestClient, request_id: str) -> None:
    answer = api.get("/livez", headers={"X-Request-ID": request_id})

    assert answer.headers["X-Request-ID"] == request_id


@pytest.mark.parametrize("request_id", ["", "a b", "~" * 129, "é", "a\tb", None])
def test_an_unusable_request_id_is_replaced(api: TestClient, request_id: str | None) -> None:
    headers = [] if request_id is None else [(b"X-Request-ID", request_id.encode())]

    answers = [api.get("/livez", headers=headers) for _ in range(2)]

    ids = [answer.headers["X-Request-ID"] for answer in answers]
    assert all(re.fullmatch("[0-9a-f]{32}", given) for given in ids)
    assert ids[0] != ids[1]


@pytest.mark.parametrize("path", ["/livez", "/nowhere", "/v1/films", "/metrics", "/docs"])
def test_every_answer_forbids_guessing_its_type_and_names_no_other_origin(api: TestClient, path: str) -> None:
    answer = api.get(path, headers={"Origin": "http://elsewhere.test"})

    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/v1/model", "application/problem+json"), ("/v1/films/1", "application/problem+json"),
     ("/v2/health/ready", "application/json"), ("/v2/models/film-category", "application/json")],
)  # fmt: skip
def test_what_nobody_expected_is_told_too(
    make_client: Callable[..., TestClient], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, kind: str
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("s3cret")

    monkeypatch.setattr(Serving, "model", fail)
    monkeypatch.setattr(DatabaseReader, "read", fail)

    with make_client(tmp_path) as client:
        answer = client.get(path, headers={"X-Request-ID": "this-one"})

    assert answer.status_code == 500
    assert answer.headers["Content-Type"] == kind
    assert answer.json().get("type", "urn:cinecote:problem:internal") == "urn:cinecote:problem:internal"
    assert answer.headers["X-Request-ID"] == "this-one"
    assert "s3cret" not in answer.text
