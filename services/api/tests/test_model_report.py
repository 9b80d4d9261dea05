"""What is told of the comparison that the served model came out of."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from cinecote.model_report import LARGEST_PLOT, LARGEST_REPORT, REPORT_FILE, plot_file
from cinecote.registry import GRAPH_FILE, digest
from cinecote_api.access.keys import make_key
from cinecote_api.models.served_model import RefusedModel, load_model

MakeModel = Callable[..., Path]
Carried = dict[str, bytes]
REPORT, PARETO = "/v1/model/report", "/v1/model/plots/pareto.svg"


@pytest.fixture(scope="module")
def folder(
    tmp_path_factory: pytest.TempPathFactory, make_model: MakeModel, make_registry: Any, carried: Carried
) -> Path:
    """Where version 7, with its report, is champion."""
    folder = tmp_path_factory.mktemp("reported")
    make_registry(folder).promote(make_model(folder / "model", beside=carried), 7)
    return folder


@pytest.fixture(scope="module")
def reported(folder: Path, make_client: Callable[..., TestClient], eventually: Any) -> Iterator[TestClient]:
    with make_client(folder) as client:
        eventually(lambda: client.get("/readyz").status_code == 200)
        yield client


def test_the_report_is_the_versions_own_with_its_number(reported: TestClient, carried: Carried) -> None:
    told = reported.get(REPORT).json()

    assert told.pop("model") == {"name": "film-category", "version": "7"}
    written = json.loads(carried[REPORT_FILE])
    written["compared"][1] |= {"graph_bytes": None, "prediction_seconds": None}
    written["languages"] = []
    assert told == written


def test_a_plot_is_the_versions_own_and_runs_no_script(reported: TestClient, carried: Carried) -> None:
    answer = reported.get(PARETO)

    assert answer.content == carried[plot_file("pareto")]
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    policy = {part.strip() for part in answer.headers["Content-Security-Policy"].split(";")}
    assert {"default-src 'none'", "frame-ancestors 'none'", "sandbox"} <= policy
    assert not any(part.startswith("script-src") for part in policy)


def test_a_plot_is_there_in_each_of_its_languages(
    make_client: Callable[..., TestClient], make_model: MakeModel, make_registry: Any, carried: Carried,
    eventually: Any, tmp_path: Path,
) -> None:  # fmt: skip
    report = {**json.loads(carried[REPORT_FILE]), "languages": ["fr"]}
    french = {plot_file(f"{name}-fr"): f"<svg>{name}</svg>".encode() for name in report["plots"]}
    beside = {**carried, **french, REPORT_FILE: json.dumps(report).encode()}
    make_registry(tmp_path).promote(make_model(tmp_path / "model", beside=beside), 7)

    with make_client(tmp_path) as client:
        eventually(lambda: client.get("/readyz").status_code == 200)

        assert client.get(REPORT).json()["languages"] == ["fr"]
        assert client.get("/v1/model/plots/pareto-fr.svg").content == b"<svg>pareto</svg>"
        assert client.get(PARETO).content == carried[plot_file("pareto")]


def test_whoever_has_the_plot_already_is_told_so(reported: TestClient, carried: Carried) -> None:
    tag = reported.get(PARETO).headers["ETag"]

    again = reported.get(PARETO, headers={"If-None-Match": tag})
    other = reported.get(PARETO, headers={"If-None-Match": '"0000"'})

    assert tag == f'"{digest(carried[plot_file("pareto")])}"'
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    assert other.status_code == 200


@pytest.mark.parametrize("address", [REPORT, PARETO])
def test_head_is_get_without_a_body(reported: TestClient, address: str) -> None:
    answer = reported.head(address)

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Content-Length"] == str(len(reported.get(address).content))


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/v1/model/plots/learning.svg", 404),
        ("/v1/model/plots/report.json", 404),
        ("/v1/model/plots/..%2Fmanifest.svg", 404),
        (f"{REPORT}?name=film-category", 200),
        (f"{REPORT}?name=other", 422),
        (f"{REPORT}?name=film-category-avant-sortie", 409),
        (f"{PARETO}?name=film-category-avant-sortie", 409),
        (f"{REPORT}?version=7", 422),
        (f"{PARETO}?version=7", 422),
    ],
)
def test_what_is_asked_for_is_there_or_a_problem(reported: TestClient, address: str, status: int) -> None:
    answer = reported.get(address)

    assert answer.status_code == status
    assert status == 200 or answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("address", [REPORT, PARETO])
def test_a_version_from_before_there_were_reports_is_served_without_one(api: TestClient, address: str) -> None:
    assert api.get("/v1/model").status_code == 200
    assert (api.get(address).status_code, api.get(address).json()["title"]) == (404, "There is no such thing")


@pytest.mark.parametrize("address", [REPORT, PARETO])
def test_a_key_that_may_read_opens_it(
    folder: Path, make_client: Callable[..., TestClient], eventually: Any, tmp_path: Path, address: str
) -> None:
    token, key = make_key("reader", ["read"])

    with make_client(folder, api_keys=str(key), model_dir=tmp_path) as client:
        eventually(lambda: client.get("/readyz").status_code == 200)
        without = client.get(address)
        opened = client.get(address, headers={"Authorization": f"Bearer {token}"})

    assert (without.status_code, opened.status_code) == (401, 200)


def test_the_report_outlives_the_registry(
    make_client: Callable[..., TestClient], make_model: MakeModel, make_registry: Any, carried: Carried,
    eventually: Any, tmp_path: Path,
) -> None:  # fmt: skip
    registry = make_registry(tmp_path)
    registry.promote(make_model(tmp_path / "model", beside=carried), 7)
    with make_client(tmp_path) as client:
        eventually(lambda: client.get("/readyz").status_code == 200)
    registry.path.unlink()

    with make_client(tmp_path) as client:
        eventually(lambda: client.get("/readyz").status_code == 200)

        assert client.get(REPORT).status_code == 200
        assert client.get(PARETO).content == carried[plot_file("pareto")]


def _more_plots(carried: Carried) -> Carried:
    return {REPORT_FILE: carried[REPORT_FILE].replace(b'"pareto"', b'"learning"')}


def _another_language(carried: Carried) -> Carried:
    return {REPORT_FILE: carried[REPORT_FILE].replace(b'"plots"', b'"languages": ["fr"], "plots"')}


def _no_table(_: Carried) -> Carried:
    return {REPORT_FILE: b'{"algorithm": "logistic"}'}


def _large_table(carried: Carried) -> Carried:
    return {REPORT_FILE: carried[REPORT_FILE] + b" " * LARGEST_REPORT}


def _large_plot(carried: Carried) -> Carried:
    return {plot_file("pareto"): b" " * (LARGEST_PLOT + 1)}


@pytest.mark.parametrize("change", [_more_plots, _another_language, _no_table, _large_table, _large_plot])
def test_a_report_that_can_not_be_used_costs_no_answer(
    make_model: MakeModel, carried: Carried, tmp_path: Path, change: Callable[[Carried], Carried]
) -> None:
    model = load_model(make_model(tmp_path / "model", beside=carried | change(carried)), "3")

    assert model.report is None


def test_a_report_that_is_not_the_manifests_is_refused_with_its_model(
    make_model: MakeModel, carried: Carried, tmp_path: Path
) -> None:
    folder = make_model(tmp_path / "model", beside=carried)
    (folder / REPORT_FILE).write_bytes(carried[REPORT_FILE].replace(b"0.643", b"0.999"))

    with pytest.raises(RefusedModel) as refused:
        load_model(folder, "3")

    assert refused.value.reason == "files"
    assert (folder / GRAPH_FILE).exists()
