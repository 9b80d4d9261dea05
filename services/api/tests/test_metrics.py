from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from cinecote import metrics

Told = dict[tuple[str, frozenset[tuple[str, str]]], float]
MODEL = {"model": "film-category", "version": "7"}


@pytest.fixture
def fresh(
    tmp_path: Path, registry: Any, make_model: Callable[..., Path], make_client: Callable[..., TestClient],
    eventually: Callable[[Callable[[], bool]], None],
) -> Any:  # fmt: skip
    """An API of the test's own, so that its counts begin at nothing."""
    registry.promote(make_model(tmp_path / "model"), 7)
    with make_client(tmp_path) as client:
        eventually(lambda: client.get("/readyz").status_code == 200)
        yield client


def test_films_are_counted_one_by_one_however_they_come(fresh: TestClient) -> None:
    single = fresh.post("/v1/predictions", json={"budget": 30e6, "runtime": 100}).json()
    batch = fresh.post(
        "/v1/predictions/batch", json={"films": [{"budget": 30e6}, {"budget": -1}, {"runtime": 90}]}
    ).json()
    answered = [single["category"], *(film["category"] for film in batch["predictions"] if "category" in film)]

    told = _told(fresh)

    for category in ("médiocre", "moyen", "bien"):
        labels = MODEL | {"role": "champion", "category": category}
        assert _value(told, "cinecote_predictions_total", **labels) == answered.count(category)
        assert _value(told, "cinecote_prediction_probability_count", category=category) == answered.count(category)
    assert _value(told, "cinecote_input_count", input="budget") == 2
    assert _value(told, "cinecote_input_sum", input="budget") == 60e6
    assert _value(told, "cinecote_input_bucket", input="budget", le="20000000.0") == 0
    assert _value(told, "cinecote_input_bucket", input="budget", le="50000000.0") == 2
    assert _value(told, "cinecote_inputs_unknown_total", input="budget") == 1
    assert _value(told, "cinecote_inputs_unknown_total", input="vote_count") == 3


def test_a_value_on_an_edge_belongs_to_the_bucket_that_ends_there(fresh: TestClient) -> None:
    fresh.post("/v1/predictions", json={"runtime": 90})

    told = _told(fresh)

    assert _value(told, "cinecote_input_bucket", input="runtime", le="85.0") == 0
    assert _value(told, "cinecote_input_bucket", input="runtime", le="90.0") == 1


def test_the_served_model_is_told_with_its_scores(fresh: TestClient) -> None:
    sha256 = fresh.get("/v1/model").json()["sha256"]

    told = _told(fresh)

    assert _value(told, "cinecote_model_info", **MODEL, sha256=sha256, role="champion") == 1
    assert _value(told, "cinecote_model_score", **MODEL, metric="complete_macro_f1") == 0.643
    baseline = MODEL | {"baseline": "majority", "metric": "complete_macro_f1"}
    assert _value(told, "cinecote_model_baseline_score", **baseline) == 0.17
    assert not any("baselines" in value for _, labels in told for _, value in labels)
    assert _value(told, "cinecote_model_trained_timestamp_seconds", **MODEL) == 1795424400
    assert _value(told, "cinecote_model_refused_total", reason="answers") == 0


def test_an_api_without_a_model_is_not_ready_and_scores_nothing(
    tmp_path: Path, make_client: Callable[..., TestClient]
) -> None:
    with make_client(tmp_path) as client:
        told = _told(client)

    assert _value(told, "cinecote_ready") == 0
    assert not any(name.startswith("cinecote_model_baseline") for name, _ in told)


def test_an_api_with_a_model_is_ready(fresh: TestClient) -> None:
    assert _value(_told(fresh), "cinecote_ready") == 1


def test_requests_are_timed_by_route_and_not_by_address(fresh: TestClient) -> None:
    for path in ("/v1/films/1", "/v1/films/2", "/nowhere/1", "/nowhere/2"):
        fresh.get(path)
    fresh.request("BREW", "/livez")
    fresh.head("/livez")

    told = _told(fresh)

    name = "http_request_duration_seconds_count"
    assert _value(told, name, method="GET", route="/v1/films/{id}", status="503") == 2
    assert _value(told, name, method="GET", route="unknown", status="404") == 2
    assert _value(told, name, method="other", route="/livez", status="405") == 1
    assert _value(told, name, method="HEAD", route="/livez", status="200") == 1
    assert not any("nowhere" in value for _, labels in told for _, value in labels)


def test_no_family_is_told_without_a_value(fresh: TestClient) -> None:
    fresh.get("/livez")

    families = list(text_string_to_metric_families(fresh.get("/metrics").text))

    assert [family.name for family in families if not family.samples] == []


def test_every_metric_is_one_that_rules_and_dashboards_know(fresh: TestClient) -> None:
    known = {
        metric.name.removesuffix("_total") for metric in vars(metrics).values() if isinstance(metric, metrics.Metric)
    }

    families = text_string_to_metric_families(fresh.get("/metrics").text)
    told = {family.name for family in families if family.name.startswith("cinecote_")}

    assert told <= known
    assert {"process_resident_memory_bytes", "python_info"} <= {name for name, _ in _told(fresh)}


def test_openmetrics_is_spoken_where_it_is_asked_for(fresh: TestClient) -> None:
    answer = fresh.get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})

    assert answer.headers["Content-Type"].startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")


def _told(client: TestClient) -> Told:
    families = text_string_to_metric_families(client.get("/metrics").text)
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


def _value(told: Told, name: str, **labels: str) -> float:
    return told[name, frozenset(labels.items())]
