"""A challenger beside the champion: a share of the requests, or all of them in shadow."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from cinecote_api.models.graph import Graph
from cinecote_api.models.schemas import SetTraffic
from cinecote_api.models.served_model import ServedModel, load_model
from cinecote_api.models.serving import Challenge, Serving
from cinecote_api.models.traffic import Traffic

MakeModel = Callable[..., Path]
MakeStillClient = Callable[..., AbstractContextManager[TestClient]]
Eventually = Callable[[Callable[[], bool]], None]
FILM = {"budget": 30e6, "vote_count": 5200}
IDS = [f"request-{number}" for number in range(2000)]


@pytest.fixture
def client(
    registry: Any, make_model: MakeModel, tmp_path: Path, make_still_client: MakeStillClient
) -> Iterator[TestClient]:
    """Version 1 is champion and version 2, which answers otherwise, is its challenger; nobody polls."""
    registry.promote(make_model(tmp_path / "v1", seed=1), 1)
    registry.promote(make_model(tmp_path / "v2", seed=2), 2, alias="challenger")
    with make_still_client(tmp_path) as client:
        yield client


def set_traffic(client: TestClient, weight: float, shadow: bool = False) -> Any:
    return client.put("/v1/model/traffic", json={"challenger_weight": weight, "shadow": shadow})


def ask(client: TestClient, request_id: str = "mine") -> Any:
    return client.post("/v1/predictions", json=FILM, headers={"X-Request-ID": request_id})


def who(answer: Any) -> tuple[str, str, str]:
    """The version and role that the headers name, and the version that the body does."""
    return answer.headers["X-Model-Version"], answer.headers["X-Model-Role"], answer.json()["model"]["version"]


def told(client: TestClient, name: str, **labels: str) -> float | None:
    for family in text_string_to_metric_families(client.get("/metrics").text):
        for sample in family.samples:
            if sample.name == name and labels.items() <= sample.labels.items():
                return sample.value
    return None


def answered(client: TestClient, role: str) -> float:
    families = text_string_to_metric_families(client.get("/metrics").text)
    return sum(
        sample.value
        for family in families
        for sample in family.samples
        if sample.name == "cinecote_predictions_total" and sample.labels["role"] == role
    )


def fail() -> None:
    raise RuntimeError("native code")


def before(monkeypatch: pytest.MonkeyPatch, version: str, happens: Callable[[], object]) -> None:
    """Have `happens` called whenever this version is asked, for one film or for many."""
    for name in ("predict_one", "probabilities"):
        usual = getattr(ServedModel, name)

        def spoiled(model: ServedModel, films: Any, usual: Callable[..., Any] = usual) -> Any:
            if model.version == version:
                happens()
            return usual(model, films)

        monkeypatch.setattr(ServedModel, name, spoiled)


def test_without_traffic_the_champion_alone_answers(client: TestClient) -> None:
    assert {who(ask(client, request_id)) for request_id in IDS[:20]} == {("1", "champion", "1")}
    assert told(client, "cinecote_model_info", role="challenger") is None


def test_a_share_of_the_requests_goes_to_the_challenger_by_their_ids(client: TestClient) -> None:
    answer = set_traffic(client, 0.25)
    first, second = ([who(ask(client, request_id)) for request_id in IDS[:200]] for _ in range(2))

    SetTraffic.model_validate_json(answer.content, strict=True)
    assert answer.json() == {"challenger_weight": 0.25, "shadow": False, "challenger": "2", "fault": None}
    assert first == second
    assert set(first) == {("1", "champion", "1"), ("2", "challenger", "2")}
    assert 25 <= first.count(("2", "challenger", "2")) <= 75


@pytest.mark.parametrize("weight", [0.01, 0.1, 0.5])
def test_the_share_is_the_one_that_was_asked_for(make_model: MakeModel, tmp_path: Path, weight: float) -> None:
    serving = Serving()
    serving.champion = load_model(make_model(tmp_path / "v1"), "1")
    serving.set_challenge(Challenge(Traffic(weight), load_model(make_model(tmp_path / "v2"), "2")))

    roles = [serving.model_for(f"{number:032x}").role for number in range(20_000)]

    assert roles.count("challenger") == pytest.approx(weight * len(roles), rel=0.2)


def test_each_answer_is_its_versions_own(client: TestClient) -> None:
    before = ask(client).json()
    set_traffic(client, 1)
    challenger = ask(client)
    set_traffic(client, 0)
    after = ask(client).json()

    assert who(challenger) == ("2", "challenger", "2")
    assert challenger.json()["probabilities"] != before["probabilities"]
    assert after == before
    assert (answered(client, "champion"), answered(client, "challenger")) == (2, 1)


def test_a_batch_is_one_versions(client: TestClient) -> None:
    set_traffic(client, 0.5)
    batches = [
        client.post("/v1/predictions/batch", json={"films": [FILM] * 20}, headers={"X-Request-ID": request_id})
        for request_id in IDS[:40]
    ]

    assert {who(batch) for batch in batches} == {("1", "champion", "1"), ("2", "challenger", "2")}
    for batch in batches:
        assert len({str(film["probabilities"]) for film in batch.json()["predictions"]}) == 1
    assert answered(client, "champion") + answered(client, "challenger") == 40 * 20


def ask_table(client: TestClient, rows: int, accept: str = "application/json") -> Any:
    table = "budget,vote_count\n" + "30e6,5200\n" * rows
    return client.post("/v1/predictions/batch", content=table, headers={"Content-Type": "text/csv", "Accept": accept})


@pytest.mark.parametrize(
    "ask_somehow",
    [
        ask,
        lambda client: client.post("/v1/predictions/batch", json={"films": [FILM]}),
        lambda client: ask_table(client, 1),
    ],
)
def test_where_the_challenger_fails_the_champion_answers_and_it_is_counted(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, ask_somehow: Callable[[TestClient], Any]
) -> None:
    set_traffic(client, 1)
    before(monkeypatch, "2", fail)

    answer = ask_somehow(client)

    assert answer.status_code == 200
    assert who(answer) == ("1", "champion", "1")
    assert told(client, "cinecote_challenger_outcomes_total", outcome="failed") == 1
    assert (answered(client, "champion"), answered(client, "challenger")) == (1, 0)


def test_a_challenger_that_fails_late_in_a_table_leaves_all_of_it_to_the_champion(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = ask(client).json()["probabilities"]
    set_traffic(client, 1)
    asked = iter(range(5))

    def fail_late() -> None:
        if next(asked) == 4:
            fail()

    before(monkeypatch, "2", fail_late)

    answer = ask_table(client, 5000)

    assert who(answer) == ("1", "champion", "1")
    films = answer.json()["predictions"]
    assert (len(films), films[0]["probabilities"], films[-1]["probabilities"]) == (5000, expected, expected)
    assert told(client, "cinecote_challenger_outcomes_total", outcome="failed") == 1
    assert (answered(client, "champion"), answered(client, "challenger")) == (5001, 0)


def test_a_table_that_falls_to_the_challenger_is_its_own_throughout(client: TestClient) -> None:
    set_traffic(client, 1)
    expected = ask(client).json()["probabilities"]

    answer = ask_table(client, 2500)

    assert who(answer) == ("2", "challenger", "2")
    assert all(film["probabilities"] == pytest.approx(expected) for film in answer.json()["predictions"])
    assert (answered(client, "champion"), answered(client, "challenger")) == (0, 2501)


def test_a_model_that_answers_nan_fails_on_many_films_as_on_one(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_traffic(client, 1)
    challenger = client.post("/v1/predictions/batch", json={"films": [FILM]}).json()["predictions"]
    usual, usual_one = Graph.run, Graph.run_one
    first = [*challenger[0]["probabilities"].values()]

    def spoiled(graph: Graph, rows: Any) -> Any:
        answers = usual(graph, rows)
        return answers * float("nan") if answers[0].tolist() == pytest.approx(first) else answers

    def spoiled_one(graph: Graph, row: Any) -> list[float]:
        answer = usual_one(graph, row)
        return [float("nan")] * 3 if answer == pytest.approx(first) else answer

    monkeypatch.setattr(Graph, "run", spoiled)
    monkeypatch.setattr(Graph, "run_one", spoiled_one)
    answers = [ask(client), client.post("/v1/predictions/batch", json={"films": [FILM]}), ask_table(client, 1)]

    assert [who(answer) for answer in answers] == [("1", "champion", "1")] * 3
    assert told(client, "cinecote_challenger_outcomes_total", outcome="failed") == 3


@pytest.mark.parametrize("accept", ["application/json", "text/csv"])
def test_a_challenger_in_shadow_hears_tables_too(client: TestClient, eventually: Eventually, accept: str) -> None:
    set_traffic(client, 0, shadow=True)

    answer = ask_table(client, 2500, accept)

    assert (answer.status_code, answer.headers["X-Model-Role"]) == (200, "champion")
    eventually(lambda: answered(client, "challenger") == 2500)
    outcomes = ("agreed", "differed", "dropped", "failed")
    heard = {outcome: told(client, "cinecote_challenger_outcomes_total", outcome=outcome) for outcome in outcomes}
    assert ((heard["agreed"] or 0) + (heard["differed"] or 0), heard["dropped"], heard["failed"]) == (2500, 0, 0)


def test_a_challenger_in_shadow_hears_everything_and_answers_nobody(client: TestClient, eventually: Eventually) -> None:
    expected = ask(client).json()
    set_traffic(client, 0.5, shadow=True)

    answers = [ask(client, request_id) for request_id in IDS[:20]]
    batch = client.post("/v1/predictions/batch", json={"films": [FILM] * 10})

    assert {who(answer) for answer in (*answers, batch)} == {("1", "champion", "1")}
    assert all(answer.json() == expected for answer in answers)
    eventually(lambda: answered(client, "challenger") == 30)
    heard = [told(client, "cinecote_challenger_outcomes_total", outcome=outcome) for outcome in ("agreed", "differed")]
    assert sum(filter(None, heard)) == 30
    assert answered(client, "champion") == 31
    assert told(client, "cinecote_input_count", input="budget") == 31
    assert told(client, "cinecote_model_info", role="challenger", version="2") == 1


def test_a_challenger_in_shadow_keeps_nobody_waiting(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, eventually: Eventually
) -> None:
    set_traffic(client, 0, shadow=True)
    go_on = threading.Event()
    before(monkeypatch, "2", lambda: go_on.wait(30))

    answers = [ask(client) for _ in range(5)]
    heard_before = answered(client, "challenger")
    go_on.set()

    assert {who(answer) for answer in answers} == {("1", "champion", "1")}
    assert heard_before == 0
    eventually(lambda: answered(client, "challenger") == 5)


def test_a_challenger_that_fails_in_shadow_changes_no_answer_and_is_counted(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, eventually: Eventually
) -> None:
    expected = ask(client).json()
    set_traffic(client, 0, shadow=True)
    before(monkeypatch, "2", fail)

    answer = ask(client)

    assert answer.json() == expected
    eventually(lambda: told(client, "cinecote_challenger_outcomes_total", outcome="failed") == 1)


def test_what_a_slow_challenger_can_not_hear_is_dropped_and_counted(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_traffic(client, 0, shadow=True)
    monkeypatch.setattr("cinecote_api.models.shadow._MOST_WAITING", 5)

    answer = client.post("/v1/predictions/batch", json={"films": [FILM] * 6})

    assert answer.status_code == 200
    assert told(client, "cinecote_challenger_outcomes_total", outcome="dropped") == 1


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (lambda registry, folder: registry.promote(folder / "v1", 1, alias="challenger"), "the champion"),
        (lambda registry, folder: (folder / "v2" / "model.onnx").write_bytes(b"x"), "refused (files)"),
        (lambda registry, folder: registry.unset("challenger"), "no version has the alias challenger"),
    ],
)
def test_traffic_that_no_challenger_can_take_is_told_and_the_champion_answers(
    client: TestClient, registry: Any, tmp_path: Path, spoil: Callable[[Any, Path], None], fault: str
) -> None:
    spoil(registry, tmp_path)

    set_to = set_traffic(client, 1)

    assert set_to.status_code == 200
    assert set_to.json()["challenger"] is None
    assert fault in set_to.json()["fault"]
    assert who(ask(client)) == ("1", "champion", "1")
    assert told(client, "cinecote_challenger_idle") == 1
    assert told(client, "cinecote_challenger_weight") == 1


def test_a_tag_that_somebody_wrote_by_hand_is_told_where_it_can_not_be_read(client: TestClient, registry: Any) -> None:
    registry.tag("cinecote.traffic", "half of them")

    client.post("/v1/model/reload")

    assert told(client, "cinecote_challenger_idle") == 1
    assert who(ask(client)) == ("1", "champion", "1")


def test_traffic_that_is_set_on_one_replica_reaches_the_others_by_their_polling(
    client: TestClient, tmp_path: Path, make_client: Callable[..., TestClient], eventually: Eventually
) -> None:
    with make_client(tmp_path, model_dir=tmp_path / "other") as other:
        eventually(lambda: other.get("/readyz").status_code == 200)
        set_traffic(client, 1)

        eventually(lambda: who(ask(other)) == ("2", "challenger", "2"))


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"challenger_weight": 1.5}, "/challenger_weight"),
        ({"challenger_weight": True}, "/challenger_weight"),
        ({"challenger_weight": "0.1"}, "/challenger_weight"),
        ({"shadow": True}, "/challenger_weight"),
        ({"challenger_weight": 0.1, "shadow": 1}, "/shadow"),
        ({"challenger_weight": 0.1, "canary": 1}, "/canary"),
        ([], ""),
    ],
)
def test_traffic_that_is_none_is_told_what_is_wrong_and_changes_nothing(
    client: TestClient, said: Any, pointer: str
) -> None:
    answer = client.put("/v1/model/traffic", json=said)

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert told(client, "cinecote_challenger_weight") == 0


def test_traffic_without_a_registered_model_has_nowhere_to_be_kept(
    make_client: Callable[..., TestClient], tmp_path: Path
) -> None:
    with make_client(tmp_path, admin=True) as client:
        assert set_traffic(client, 0.1).status_code == 409


def test_tensors_are_answered_by_whom_they_fall_to_or_by_the_version_that_is_named(client: TestClient) -> None:
    set_traffic(client, 1)
    model, tensor = "/v2/models/film-category", {"name": "films", "shape": [1, 4], "datatype": "FP64"}
    body = {"inputs": [tensor | {"data": [None, 30e6, 5200, None]}]}

    versions = client.get(model).json()["versions"]
    answers = [client.post(f"{model}{named}/infer", json=body) for named in ("", "/versions/1", "/versions/2")]

    assert versions == ["1", "2"]
    assert [
        (said.headers["X-Model-Version"], said.headers["X-Model-Role"], said.json()["model_version"])
        for said in answers
    ] == [("2", "challenger", "2"), ("1", "champion", "1"), ("2", "challenger", "2")]
    assert answers[0].json()["outputs"] == answers[2].json()["outputs"] != answers[1].json()["outputs"]
