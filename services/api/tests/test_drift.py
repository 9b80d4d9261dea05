"""What is asked is held against what the champion was trained on."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine, insert
from starlette.testclient import TestClient

from cinecote.database import now
from cinecote.registry import BEFORE_RELEASE_NAME, MANIFEST_FILE, MODEL_NAME
from cinecote.tables import predictions

FILMS = 300
DRIFT = "/v1/model/drift"
Eventually = Callable[[Callable[[], bool]], None]
Serve = Callable[..., AbstractContextManager[TestClient]]


def ask(
    database: Engine, *, budget: float, model: str = MODEL_NAME, answer: tuple[float, ...] = (0.2, 0.5, 0.3)
) -> None:
    """Log FILMS different films of about this budget, all else known of half of them."""
    asked = [
        [3e7, budget + film, 500.0, 100.0, None] if film % 2 else [None, budget + film, None, None, None]
        for film in range(FILMS)
    ]
    row = {
        "at": now(), "request_id": "ours", "model": model, "version": "3", "role": "champion", "films": FILMS,
        "inputs": json.dumps(asked), "probabilities": json.dumps([answer] * FILMS),
    }  # fmt: skip
    with database.begin() as connection:
        connection.execute(insert(predictions), [row])


@pytest.fixture
def trained(make_model: Callable[..., Path], tmp_path: Path) -> Callable[..., Path]:
    """Makes models whose manifests say that their films' budgets were between 1 and 50 million."""

    def make(**options: Any) -> Path:
        folder = make_model(tmp_path / f"model-{len(options)}", **options)
        path = folder / MANIFEST_FILE
        manifest = json.loads(path.read_text())
        manifest["data"]["categories"] = {"médiocre": 200, "moyen": 500, "bien": 300}
        budgets = {"edges": [1e6, 5e6, 1e7, 2e7, 5e7], "counts": [250] * 4, "unknown": 0}
        manifest["histograms"] = {"budget": budgets}
        path.write_text(json.dumps(manifest))
        return folder

    return make


@pytest.fixture
def serving(
    registry: Any, trained: Callable[..., Path], database: Engine, client: TestClient, eventually: Eventually
) -> TestClient:
    """The API over `database`, in which the champion of MODEL_NAME, version 3, was asked about large budgets."""
    ask(database, budget=4e7)
    registry.promote(trained(), 3)
    eventually(lambda: client.get("/readyz").status_code == 200)
    eventually(lambda: client.get(DRIFT).status_code == 200)
    return client


@pytest.mark.parametrize("database", ["sqlite", "mysql"], indirect=True)
def test_a_shift_of_what_is_asked_is_told_with_its_figures(serving: TestClient) -> None:
    told = serving.get(DRIFT).json()

    assert (told["name"], told["version"], told["films"], told["days"]) == (MODEL_NAME, "3", FILMS, 7)
    (budget,) = told["inputs"]
    assert (budget["known"], budget["unknown"], budget["unknown_share_trained"]) == (FILMS, 0, 0)
    assert budget["psi"] > told["thresholds"]["major"] > budget["unknown_psi"] == 0
    assert budget["ks"] == pytest.approx(0.75)
    assert told["category"]["trained"] == {"médiocre": 0.2, "moyen": 0.5, "bien": 0.3}
    assert told["category"]["answered"] == pytest.approx(told["category"]["trained"])
    assert told["category"]["psi"] == pytest.approx(0)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_each_figure_is_a_gauge(serving: TestClient) -> None:
    told = serving.get(DRIFT).json()

    gauges = _gauges(serving)

    assert gauges["budget", "psi"] == told["inputs"][0]["psi"]
    assert set(gauges) == {
        ("budget", "psi"), ("budget", "ks"), ("budget", "unknown_psi"), ("category", "psi"), ("category", "ks"),
    }  # fmt: skip


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_a_batch_asked_is_measured_by_every_replica(
    serving: TestClient, make_client: Callable[..., TestClient], tmp_path: Path, eventually: Eventually
) -> None:
    films = [{"budget": 2e6 + film, "runtime": 90 + film % 20} for film in range(FILMS)]
    assert serving.post("/v1/predictions/batch", json={"films": films}).json()["failed"] == 0

    def other_s() -> Any:
        with make_client(tmp_path, model_dir=tmp_path / "other") as other:
            eventually(lambda: other.get(DRIFT).status_code == 200)
            return other.get(DRIFT).json()

    eventually(lambda: other_s()["films"] == 2 * FILMS)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_while_the_database_is_away_the_last_figures_stand(serving: TestClient, tmp_path: Path) -> None:
    before = serving.get(DRIFT).json()

    (tmp_path / "cinecote.db").unlink()

    assert serving.get(DRIFT).json() == before


def test_without_a_database_nothing_is_measured_and_nothing_told(api: TestClient) -> None:
    answer = api.get(DRIFT)

    assert (answer.status_code, answer.json()["type"]) == (503, "urn:cinecote:problem:not-measured")
    assert answer.headers["Retry-After"]
    assert _gauges(api) == {}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_without_a_champion_there_is_nothing_to_hold_it_against(client: TestClient) -> None:
    assert client.get(DRIFT).json()["type"] == "urn:cinecote:problem:no-model"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_model_before_the_release_has_its_own_figures_and_no_gauge(
    serving: TestClient, database: Engine, registry: Any, trained: Callable[..., Path], eventually: Eventually
) -> None:
    gauges = _gauges(serving)
    ask(database, budget=2e6, model=BEFORE_RELEASE_NAME)
    other = type(registry)(registry.path, BEFORE_RELEASE_NAME)

    other.promote(trained(name=BEFORE_RELEASE_NAME, inputs=("budget", "runtime", "release_year")), 3)

    mine = f"{DRIFT}?name={BEFORE_RELEASE_NAME}"
    eventually(lambda: serving.get(mine).status_code == 200)
    told = serving.get(mine).json()
    assert (told["name"], told["films"], told["inputs"][0]["ks"]) == (BEFORE_RELEASE_NAME, FILMS, pytest.approx(0.75))
    assert _gauges(serving) == gauges


def _gauges(client: TestClient) -> dict[tuple[str, str], float]:
    families = text_string_to_metric_families(client.get("/metrics").text)
    return {
        (sample.labels["input"], sample.labels["statistic"]): sample.value
        for family in families
        for sample in family.samples
        if sample.name == "cinecote_drift"
    }
