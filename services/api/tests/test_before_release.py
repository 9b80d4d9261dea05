"""The model for films before their release, beside the first one: asked, watched, verified, swapped and kept."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine, select
from starlette.testclient import TestClient

from cinecote import ledger
from cinecote.films import CATEGORIES
from cinecote.registry import BEFORE_RELEASE_NAME, GRAPH_FILE, MODEL_NAME
from cinecote.tables import predictions
from cinecote_api.models.graph import Graph
from cinecote_api.schemas import ExplanationAnswer, ModelCard, PredictionAnswer

MakeModel = Callable[..., Path]
MakeStillClient = Callable[..., AbstractContextManager[TestClient]]
Eventually = Callable[[Callable[[], bool]], None]
INPUTS = ["budget", "runtime", "release_year"]
FILM = {"budget": 30e6, "runtime": 121, "release_year": 2030}
BEFORE = {"when": "before"}
NAMED = f"?name={BEFORE_RELEASE_NAME}"
OPEN = f"/v2/models/{BEFORE_RELEASE_NAME}"
TABLE = b"title,budget,runtime,release_year\nA,30000000,121,2030\nB,,,2030\nC,,90,\n"
CSV = {"Content-Type": "text/csv"}


class Site:
    """An API over a registry with both models, which looks only when it is told to."""

    def __init__(self, client: TestClient, registry: Any, folder: Path, make_model: MakeModel, engine: Engine) -> None:
        self.client = client
        self.registry = type(registry)(registry.path, BEFORE_RELEASE_NAME)
        self.engine = engine
        self._folder = folder
        self._make_model = make_model

    def promote(self, version: int, **changes: Any) -> Path:
        folder = self._folder / f"before{version}"
        if not folder.exists():
            self._make_model(folder, **({"seed": version, "inputs": INPUTS, "name": BEFORE_RELEASE_NAME} | changes))
        ledger.record(self.engine, str(version), None, ledger.PROMOTED, "better", {}, BEFORE_RELEASE_NAME)
        self.registry.promote(folder, version)
        return folder

    def reload(self) -> Any:
        return self.client.post(f"/v1/model/reload{NAMED}")

    def ask(self, **members: Any) -> Any:
        return self.client.post("/v1/predictions", json=FILM | BEFORE | members)


def listed(said: Any) -> list[float]:
    """A film's probabilities in the order of CATEGORIES."""
    return [said["probabilities"][category] for category in CATEGORIES]


@pytest.fixture
def site(
    database: Engine, registry: Any, tmp_path: Path, make_model: MakeModel, make_still_client: MakeStillClient
) -> Iterator[Site]:
    registry.promote(make_model(tmp_path / "after", seed=99), 7)
    with make_still_client(tmp_path, database_url=database.url.render_as_string(hide_password=False)) as client:
        yield Site(client, registry, tmp_path / "models", make_model, database)


pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.mark.parametrize("inputs", [INPUTS, INPUTS[:2]])
def test_a_film_before_its_release_is_answered_by_its_own_model(site: Site, inputs: list[str]) -> None:
    graph = Graph(site.promote(3, inputs=inputs) / GRAPH_FILE, len(inputs))
    [expected] = graph.run(np.array([[FILM[name] for name in inputs]], dtype=np.float64)).tolist()
    site.reload()

    answer = site.ask()

    assert answer.status_code == 200
    PredictionAnswer.model_validate_json(answer.content, strict=True)
    assert answer.json()["probabilities"] == dict(zip(CATEGORIES, expected, strict=True))
    assert answer.json()["model"] == {"name": BEFORE_RELEASE_NAME, "version": "3"}
    assert (answer.headers["X-Model-Version"], answer.headers["X-Model-Role"]) == ("3", "champion")
    assert site.client.post("/v1/predictions", json=FILM).json()["model"] == {"name": MODEL_NAME, "version": "7"}


def test_batches_tables_and_tensors_are_answered_as_single_films_are(site: Site) -> None:
    site.promote(3)
    site.reload()
    films: list[dict[str, Any]] = [FILM, {"runtime": 90}]
    alone = [
        pytest.approx(listed(site.client.post("/v1/predictions", json=film | BEFORE).json()), abs=1e-9)
        for film in films
    ]
    batch = "/v1/predictions/batch"

    by_member = site.client.post(batch, json={"films": films} | BEFORE).json()
    by_address = site.client.post(f"{batch}?when=before", json={"films": films}).json()
    table = site.client.post(f"{batch}?when=before", content=TABLE, headers=CSV | {"Accept": "application/json"}).json()
    tensor = {"name": "films", "shape": [1, 2], "datatype": "FP64", "data": [None, 90]}
    inferred = site.client.post(f"{OPEN}/infer", json={"inputs": [tensor]}).json()

    assert by_member == by_address
    assert by_member["model"] == table["model"] == {"name": BEFORE_RELEASE_NAME, "version": "3"}
    assert [listed(film) for film in by_member["predictions"]] == alone
    assert [listed(table["predictions"][place]) for place in (0, 2)] == alone
    assert inferred["outputs"][1]["data"] == alone[1]


def test_a_film_of_a_batch_that_says_what_is_known_later_is_told_so_and_the_others_are_answered(site: Site) -> None:
    site.promote(3)
    site.reload()
    films = [FILM, FILM | {"vote_count": 9}, {"release_year": 2030}]

    batch = site.client.post("/v1/predictions/batch", json={"films": films} | BEFORE).json()
    table = site.client.post("/v1/predictions/batch?when=before", content=TABLE, headers=CSV).text

    assert [film.get("error") for film in batch["predictions"]] == [
        None,
        {"pointer": "/films/1/vote_count", "detail": "is not known before the release"},
        {"pointer": "/films/2", "detail": "at least one of budget, runtime must be known"},
    ]
    assert "line 3: at least one of budget, runtime must be known" in table


def test_a_batch_that_says_otherwise_than_its_address_is_refused(site: Site) -> None:
    answers = [
        site.client.post(f"/v1/predictions/batch?when={when}", json={"films": [FILM], "when": other})
        for when, other in (("after", "before"), ("before", "after"))
    ]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert {answer.json()["errors"][0]["pointer"] for answer in answers} == {"/when"}


def test_an_explanation_before_the_release_is_of_what_is_known_then(site: Site) -> None:
    site.promote(3, inputs=INPUTS[:2])
    site.reload()

    answer = site.client.post("/v1/explanations", json=FILM | BEFORE)

    ExplanationAnswer.model_validate_json(answer.content, strict=True)
    said = answer.json()
    assert [(it["name"], it["value"]) for it in said["inputs"]] == [
        ("budget", 30e6),
        ("runtime", 121),
        ("release_year", 2030),
    ]
    assert set(said["inputs"][2]["shares"].values()) == {0}
    for category, probability in said["probabilities"].items():
        shares = sum(it["shares"][category] for it in said["inputs"])
        assert said["base"][category] + shares == pytest.approx(probability, abs=1e-6)


def test_the_protocol_describes_the_model_by_the_two_inputs_that_it_needs(site: Site) -> None:
    absent = [site.client.get(path).status_code for path in (OPEN, f"{OPEN}/ready", f"{OPEN}/versions/3")]
    site.promote(3)
    site.reload()

    described = site.client.get(OPEN).json()

    assert absent == [409] * 3
    assert (described["name"], described["versions"]) == (BEFORE_RELEASE_NAME, ["3"])
    assert described["inputs"] == [{"name": "films", "datatype": "FP64", "shape": [-1, 2]}]
    assert site.client.get(f"{OPEN}/versions/7").status_code == 404
    assert site.client.get(f"{OPEN}/versions/3/ready").json() == {"name": BEFORE_RELEASE_NAME, "ready": True}


def test_each_name_has_its_own_card_versions_and_decisions(site: Site) -> None:
    site.promote(3)
    site.reload()

    cards = [site.client.get(f"/v1/model{query}") for query in ("", f"?name={MODEL_NAME}", NAMED)]
    lists = [site.client.get(f"/v1/models{query}").json() for query in ("", NAMED)]

    for card in cards:
        ModelCard.model_validate_json(card.content, strict=True)
    assert [(card.json()["name"], card.json()["version"]) for card in cards] == [
        (MODEL_NAME, "7"),
        (MODEL_NAME, "7"),
        (BEFORE_RELEASE_NAME, "3"),
    ]
    assert [told["name"] for told in lists] == [MODEL_NAME, BEFORE_RELEASE_NAME]
    assert [[version["version"] for version in told["versions"]] for told in lists] == [["7"], ["3"]]
    assert [[entry["version"] for entry in told["promotions"]] for told in lists] == [[], ["3"]]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/model"),
        ("GET", "/v1/models"),
        ("GET", "/v1/model/drift"),
        ("GET", "/v1/model/live"),
        ("POST", "/v1/model/reload"),
        ("POST", "/v1/model/rollback"),
        ("PUT", "/v1/model/traffic"),
    ],
)
def test_a_name_that_no_model_has_is_a_fault_of_the_parameter(site: Site, method: str, path: str) -> None:
    answer = site.client.request(method, f"{path}?name=s3cret", json={"challenger_weight": 0})

    assert (answer.status_code, answer.json()["type"]) == (422, "urn:cinecote:problem:invalid-input")
    assert [error["pointer"] for error in answer.json()["errors"]] == ["?name"]
    assert "s3cret" not in answer.text


def test_until_there_is_such_a_model_its_calls_say_so_and_the_first_one_is_ready(site: Site) -> None:
    calls = {
        ("GET", f"/v1/model{NAMED}"): None,
        ("POST", f"/v1/model/reload{NAMED}"): None,
        ("POST", f"/v1/model/rollback{NAMED}"): None,
        ("PUT", f"/v1/model/traffic{NAMED}"): {"challenger_weight": 0.5},
        ("POST", "/v1/predictions"): FILM | BEFORE,
        ("POST", "/v1/explanations"): FILM | BEFORE,
        ("POST", "/v1/predictions/batch"): {"films": [FILM]} | BEFORE,
    }

    answers = [site.client.request(method, path, json=body) for (method, path), body in calls.items()]

    assert [answer.status_code for answer in answers] == [409] * len(calls)
    assert site.client.get(f"/v1/models{NAMED}").json()["versions"] == []
    assert site.client.get("/readyz").status_code == 200


def test_a_broken_version_is_refused_and_the_one_before_goes_on(site: Site) -> None:
    site.promote(1)
    site.reload()
    site.promote(2, name=MODEL_NAME)
    of_another_name = site.reload()
    site.promote(3, inputs=["budget", "revenue"])
    of_later_inputs = site.reload()

    assert [answer.status_code for answer in (of_another_name, of_later_inputs)] == [409, 409]
    assert of_another_name.json()["detail"] == f"manifest: the manifest is not one of {BEFORE_RELEASE_NAME}"
    assert "not among budget, runtime, release_year" in of_later_inputs.json()["detail"]
    assert site.ask().json()["model"]["version"] == "1"
    [refusal] = site.client.get(f"/v1/models{NAMED}").json()["refused"]
    assert (refusal["version"], refusal["reason"]) == ("3", "manifest")
    assert site.client.get("/v1/models").json()["refused"] == []


def test_a_rollback_is_of_the_named_model_alone(site: Site) -> None:
    for version in (1, 2):
        site.promote(version)
        site.reload()

    answer = site.client.post(f"/v1/model/rollback{NAMED}")

    assert answer.json() == {"model": {"name": BEFORE_RELEASE_NAME, "version": "1"}, "changed": True}
    assert site.ask().json()["model"]["version"] == site.registry.alias() == "1"
    assert site.client.get("/v1/model").json()["version"] == "7"
    with site.engine.connect() as connection:
        newest = ledger.entries(connection, model=BEFORE_RELEASE_NAME)[0]
        others = ledger.entries(connection)
    assert ((newest.version, newest.previous, newest.decision), others) == (("1", "2", "rolled_back"), [])


def test_a_challenger_of_its_own_answers_its_share(site: Site, tmp_path: Path, make_model: MakeModel) -> None:
    site.promote(1)
    site.reload()
    site.registry.promote(
        make_model(tmp_path / "challenger", seed=2, inputs=INPUTS, name=BEFORE_RELEASE_NAME), 2, alias="challenger"
    )

    set_to = site.client.put(f"/v1/model/traffic{NAMED}", json={"challenger_weight": 1})

    assert (set_to.json()["challenger"], set_to.json()["fault"]) == ("2", None)
    assert site.ask().headers["X-Model-Role"] == "challenger"
    assert site.client.post("/v1/predictions", json=FILM).headers["X-Model-Role"] == "champion"


def test_a_new_champion_is_noticed_and_the_last_one_kept_for_a_start_without_a_registry(
    site: Site, tmp_path: Path, make_client: Callable[..., TestClient], eventually: Eventually
) -> None:
    site.promote(1)
    with make_client(tmp_path, model_dir=tmp_path / "other") as replica:
        eventually(lambda: replica.get("/readyz").status_code == 200)
        first = replica.get(f"/v1/model{NAMED}").json()["version"]
        site.promote(2)
        eventually(lambda: replica.get(f"/v1/model{NAMED}").json()["version"] == "2")
    nowhere = "http://127.0.0.1:9"

    with make_client(tmp_path, model_dir=tmp_path / "other", tracking_uri=nowhere) as restarted:
        eventually(lambda: restarted.get("/readyz").status_code == 200)
        after_all = restarted.post("/v1/predictions", json=FILM | BEFORE)

    assert first == "1"
    assert after_all.json()["model"] == {"name": BEFORE_RELEASE_NAME, "version": "2"}


def test_what_it_answers_is_kept_and_counted_under_its_name_and_no_drift_of_the_others(
    site: Site, eventually: Eventually
) -> None:
    def kept() -> list[tuple[Any, ...]]:
        columns = (predictions.c.model, predictions.c.version, predictions.c.inputs)
        with site.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(select(*columns))]

    site.promote(3)
    site.reload()
    category = site.ask().json()["category"]

    eventually(lambda: len(kept()) == 1)

    assert kept() == [(BEFORE_RELEASE_NAME, "3", "[[null,30000000.0,null,121.0,2030.0]]")]
    samples = [
        sample
        for family in text_string_to_metric_families(site.client.get("/metrics").text)
        for sample in family.samples
    ]
    labels = {"model": BEFORE_RELEASE_NAME, "version": "3"}
    told = {sample.name: sample.value for sample in samples if labels.items() <= sample.labels.items()}
    assert {"cinecote_model_info", "cinecote_model_score", "cinecote_model_trained_timestamp_seconds"} <= told.keys()
    [counted] = [
        sample
        for sample in samples
        if sample.name == "cinecote_predictions_total" and sample.value and labels.items() <= sample.labels.items()
    ]
    assert (counted.labels["category"], counted.value) == (category, 1)
    assert sum(sample.value for sample in samples if sample.name == "cinecote_input_count") == 0
