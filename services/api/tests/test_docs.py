import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from cinecote.attribution import TMDB_NOTICE
from cinecote_api.queries.catalogue import QUERIES

JSON = {"Content-Type": "application/json"}
TENSOR = {"name": "films", "shape": [1, 4], "datatype": "FP64", "data": [None, 1e6, 50, 90]}
CSV = {"Content-Type": "text/csv"}


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inline = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attributes if name in ("src", "href") and value]

    def handle_data(self, data: str) -> None:
        self.inline += data.strip() if self.lasttag == "script" else ""


def test_the_page_loads_nothing_from_another_host(api: TestClient) -> None:
    page = api.get("/docs")
    links = _Links()
    links.feed(page.text)

    answers = [api.get(f"/{link}") for link in links.found]

    assert len(answers) == 4
    assert [answer.status_code for answer in answers] == [200] * 4
    assert links.inline == ""
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["Content-Type"].startswith("text/html")


def test_the_page_shows_this_apis_description(api: TestClient) -> None:
    script = api.get("/docs/start.js")

    assert script.headers["Content-Type"].startswith("text/javascript")
    assert 'url: "openapi.json"' in script.text
    assert "validatorUrl: null" in script.text


def test_the_description_says_what_tmdb_asks_to_be_said(api: TestClient) -> None:
    assert TMDB_NOTICE in api.get("/openapi.json").json()["info"]["description"]


def test_the_description_is_made_once(
    make_client: Callable[..., TestClient], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[object] = []

    def describe(app: object) -> dict[str, str]:
        made.append(app)
        return {"openapi": "3.1"}

    monkeypatch.setattr("cinecote_api.routes.docs.described", describe)

    with make_client(tmp_path) as client:
        answers = [client.get("/openapi.json") for _ in range(2)]

    assert [answer.json() for answer in answers] == [{"openapi": "3.1"}] * 2
    assert len(made) == 1


def test_every_reference_of_the_description_leads_somewhere(api: TestClient) -> None:
    answer = api.get("/openapi.json")
    document = answer.json()

    references = set(re.findall(r'"\$ref":"([^"]*)"', answer.text))

    assert document["openapi"].startswith("3.1")
    assert references
    for reference in references:
        found = document
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]


def test_the_description_has_the_calls_and_none_of_fastapis_own_errors(api: TestClient) -> None:
    document = api.get("/openapi.json").json()

    assert {(method, path) for path, calls in document["paths"].items() for method in calls} == {
        ("post", "/v1/predictions"), ("post", "/v1/predictions/batch"), ("post", "/v1/explanations"),
        ("get", "/v1/films"), ("get", "/v1/films/{id}"),
        ("get", "/v1/queries"), *(("get", f"/v1/queries/{name}") for name in QUERIES),
        ("get", "/v1/model"), ("get", "/v1/model/report"), ("get", "/v1/model/plots/{plot}.svg"),
        ("get", "/v1/model/drift"), ("get", "/v1/model/live"), ("get", "/v1/models"),
        ("post", "/v1/model/reload"), ("post", "/v1/model/rollback"),
        ("put", "/v1/model/traffic"), ("get", "/livez"), ("get", "/readyz"), ("get", "/metrics"),
        ("get", "/v2"), ("get", "/v2/health/live"), ("get", "/v2/health/ready"), ("get", "/v2/models/{model}"),
        ("get", "/v2/models/{model}/ready"), ("post", "/v2/models/{model}/infer"),
        ("get", "/v2/models/{model}/versions/{version}"), ("get", "/v2/models/{model}/versions/{version}/ready"),
        ("post", "/v2/models/{model}/versions/{version}/infer"),
    }  # fmt: skip
    assert "HTTPValidationError" not in document["components"]["schemas"]
    assert len([parameter["name"] for parameter in document["paths"]["/v1/films"]["get"]["parameters"]]) == 10


@pytest.mark.parametrize(
    ("method", "path", "template", "sent"),
    [
        ("POST", "/v1/predictions", "/v1/predictions", {"json": {"budget": 1e6}}),
        ("POST", "/v1/predictions", "/v1/predictions", {"json": {}}),
        ("POST", "/v1/predictions", "/v1/predictions", {"content": b""}),
        ("POST", "/v1/predictions", "/v1/predictions", {"content": b"{", "headers": JSON}),
        ("POST", "/v1/predictions/batch", "/v1/predictions/batch", {"json": {"films": [{}] * 10_001}}),
        ("POST", "/v1/predictions/batch", "/v1/predictions/batch", {"json": {"films": [{}]}}),
        ("POST", "/v1/predictions/batch", "/v1/predictions/batch", {"content": b"budget\n5\n", "headers": CSV}),
        ("POST", "/v1/predictions/batch", "/v1/predictions/batch", {"content": b'budget\n"', "headers": CSV}),
        ("POST", "/v1/predictions", "/v1/predictions", {"json": {"budget": 1e6, "when": "before"}}),
        ("POST", "/v1/explanations", "/v1/explanations", {"json": {"budget": 1e6}}),
        ("POST", "/v1/explanations", "/v1/explanations", {"json": {"budget": -1}}),
        ("POST", "/v1/explanations?along=budget&values=1e6", "/v1/explanations", {"json": {"budget": 1e6}}),
        ("POST", "/v1/explanations?along=budget", "/v1/explanations", {"json": {"budget": 1e6}}),
        ("GET", "/v1/films", "/v1/films", {}),
        ("GET", "/v1/films", "/v1/films", {"params": {"limit": 0}}),
        ("GET", "/v1/films/1", "/v1/films/{id}", {}),
        ("GET", "/v1/films/x", "/v1/films/{id}", {}),
        ("GET", "/v1/queries", "/v1/queries", {}),
        ("GET", "/v1/queries/votes", "/v1/queries/votes", {}),
        ("GET", "/v1/queries/votes", "/v1/queries/votes", {"params": {"year_min": "x"}}),
        ("GET", "/v1/model", "/v1/model", {}),
        ("GET", "/v1/model/report", "/v1/model/report", {}),
        ("GET", "/v1/model/plots/pareto.svg", "/v1/model/plots/{plot}.svg", {}),
        ("GET", "/v1/model/drift", "/v1/model/drift", {}),
        ("GET", "/v1/model/live", "/v1/model/live", {}),
        ("GET", "/v1/models", "/v1/models", {}),
        ("POST", "/v1/model/reload", "/v1/model/reload", {}),
        ("POST", "/v1/model/rollback", "/v1/model/rollback", {}),
        ("PUT", "/v1/model/traffic", "/v1/model/traffic", {"json": {"challenger_weight": 0}}),
        ("GET", "/v2", "/v2", {}),
        ("GET", "/v2/health/ready", "/v2/health/ready", {}),
        ("GET", "/v2/models/film-category", "/v2/models/{model}", {}),
        ("GET", "/v2/models/other", "/v2/models/{model}", {}),
        ("GET", "/v2/models/other/versions/1/ready", "/v2/models/{model}/versions/{version}/ready", {}),
        ("POST", "/v2/models/film-category/infer", "/v2/models/{model}/infer", {"content": b""}),
        ("POST", "/v2/models/film-category/infer", "/v2/models/{model}/infer", {"json": {"inputs": []}}),
        ("POST", "/v2/models/film-category/infer", "/v2/models/{model}/infer", {"json": {}}),
        ("POST", "/v2/models/film-category/infer", "/v2/models/{model}/infer", {"json": {"inputs": [TENSOR]}}),
        ("GET", "/livez", "/livez", {}),
        ("GET", "/readyz", "/readyz", {}),
        ("GET", "/metrics", "/metrics", {}),
    ],
)  # fmt: skip
def test_an_answers_status_and_type_are_described(
    api: TestClient, method: str, path: str, template: str, sent: dict[str, Any]
) -> None:
    responses = api.get("/openapi.json").json()["paths"][template][method.lower()]["responses"]

    answer = api.request(method, path, **sent)

    described = responses[str(answer.status_code)]
    assert answer.headers["Content-Type"].split(";")[0] in described["content"]
    assert described["description"]
    assert all(name in answer.headers for name in described["headers"])


def test_being_without_a_model_is_described(make_client: Callable[..., TestClient], tmp_path: Path) -> None:
    with make_client(tmp_path) as client:
        paths = client.get("/openapi.json").json()["paths"]

    for path, method in (("/v1/predictions", "post"), ("/v1/model", "get"), ("/readyz", "get")):
        assert "No model is being served yet" in paths[path][method]["responses"]["503"]["description"]
