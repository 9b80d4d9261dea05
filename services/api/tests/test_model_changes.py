"""What an admin may do: reload, roll back, and see what is there."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from cinecote import ledger
from cinecote.database import promotion_lock
from cinecote.registry import GRAPH_FILE
from cinecote_api.models.schemas import ChangedModel, RegisteredModels
from cinecote_api.registry.registry import RegistryAway
from cinecote_api.registry.sqlite import SqliteRegistry

MakeModel = Callable[..., Path]
MakeStillClient = Callable[..., AbstractContextManager[TestClient]]
CALLS = [("POST", "/v1/model/reload"), ("POST", "/v1/model/rollback"), ("PUT", "/v1/model/traffic")]
ONE = {"name": "film-category", "version": "1"}


class Site:
    """The API over a database and a registry with as many champions, one after the other, as asked for."""

    def __init__(self, client: TestClient, registry: Any, engine: Engine, models: Path, make_model: MakeModel) -> None:
        self.client = client
        self.registry = registry
        self.engine = engine
        self._models = models
        self._make_model = make_model

    def promote(self, version: int, previous: int | None = None) -> Path:
        """As training does it: the ledger, then the alias."""
        folder = self._models / f"v{version}"
        if not folder.exists():
            self._make_model(folder, seed=version)
        ledger.record(self.engine, str(version), str(previous) if previous else None, ledger.PROMOTED, "better", {})
        self.registry.promote(folder, version)
        return folder

    def reload(self) -> Any:
        return self.client.post("/v1/model/reload")

    def roll_back(self) -> Any:
        return self.client.post("/v1/model/rollback")

    def ledger(self) -> list[tuple[str, str | None, str]]:
        with self.engine.connect() as connection:
            return [(entry.version, entry.previous, entry.decision) for entry in ledger.entries(connection)]

    @property
    def served(self) -> str:
        return str(self.client.get("/v1/model").json()["version"])


@pytest.fixture
def site(
    database: Engine, registry: Any, tmp_path: Path, make_model: MakeModel, make_still_client: MakeStillClient
) -> Iterator[Site]:
    """What is served changes only when it is asked for."""
    with make_still_client(tmp_path, database_url=database.url.render_as_string(hide_password=False)) as client:
        yield Site(client, registry, database, tmp_path / "models", make_model)


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_without_a_key_admins_calls_are_closed(api: TestClient, method: str, path: str) -> None:
    answer = api.request(method, path)

    assert answer.status_code == 403
    assert answer.json()["type"] == "urn:cinecote:problem:forbidden"


def test_a_reload_serves_what_the_registry_names_before_it_answers(site: Site) -> None:
    site.promote(1)
    answers = [site.reload(), site.reload()]
    site.promote(2, previous=1)
    answers.append(site.reload())

    for answer in answers:
        ChangedModel.model_validate_json(answer.content, strict=True)
    assert [(answer.json()["model"]["version"], answer.json()["changed"]) for answer in answers] == [
        ("1", True),
        ("1", False),
        ("2", True),
    ]
    assert site.served == "2"


def test_a_refused_version_is_told_at_reload_and_among_the_models_until_it_is_mended(site: Site) -> None:
    site.promote(1)
    site.reload()
    folder = site.promote(2, previous=1)
    graph = (folder / GRAPH_FILE).read_bytes()
    (folder / GRAPH_FILE).write_bytes(b"changed")

    refused, served, told = site.reload(), site.served, site.client.get("/v1/models").json()["refused"]
    counted = site.client.get("/metrics").text
    (folder / GRAPH_FILE).write_bytes(graph)
    mended, told_then = site.reload(), site.client.get("/v1/models").json()["refused"]

    assert refused.status_code == 409
    assert refused.json()["type"] == "urn:cinecote:problem:model-refused"
    assert refused.json()["detail"] == "files: model.onnx changed: its sha256 is not the manifest's"
    assert served == "1"
    [refusal] = told
    assert (refusal["role"], refusal["version"], refusal["reason"]) == ("champion", "2", "files")
    assert 'cinecote_model_refused_total{reason="files"} 1.0' in counted
    assert (mended.status_code, told_then) == (200, [])


def test_a_reload_without_a_champion_says_so(site: Site) -> None:
    answer = site.reload()

    assert (answer.status_code, answer.json()["detail"]) == (409, "no version is champion")


def test_a_rollback_serves_the_champion_before_and_moves_the_alias_and_writes_it_down(site: Site) -> None:
    for version in (1, 2, 3):
        site.promote(version, previous=version - 1)
        site.reload()

    answer = site.roll_back()

    assert answer.status_code == 200
    assert answer.json() == {"model": {"name": "film-category", "version": "2"}, "changed": True}
    assert site.served == site.registry.alias() == "2"
    assert site.ledger()[0] == ("2", "3", "rolled_back")


def test_rollbacks_go_back_one_by_one_until_nothing_is_behind(site: Site) -> None:
    for version in (1, 2, 3):
        site.promote(version, previous=version - 1)
    site.reload()

    answers = [site.roll_back() for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 409]
    assert answers[-1].json()["type"] == "urn:cinecote:problem:no-champion"
    assert site.served == site.registry.alias() == "1"


def test_what_was_rolled_back_is_not_behind_the_next_champion(site: Site) -> None:
    site.promote(1)
    site.promote(2, previous=1)
    site.roll_back()
    site.promote(3, previous=1)

    assert site.roll_back().json()["model"] == ONE


def test_a_version_before_that_must_not_be_served_changes_nothing(site: Site) -> None:
    folder = site.promote(1)
    site.promote(2, previous=1)
    site.reload()
    (folder / GRAPH_FILE).unlink()

    answer = site.roll_back()

    assert (answer.status_code, answer.json()["detail"]) == (
        409,
        "artifacts: model.onnx is not among the version's artifacts",
    )
    assert site.served == site.registry.alias() == "2"
    assert site.ledger() == [("2", "1", "promoted"), ("1", None, "promoted")]


def test_a_version_that_the_registry_has_no_more_is_passed_over(site: Site) -> None:
    for version in (1, 2, 3):
        site.promote(version, previous=version - 1)
    site.registry.delete(2)

    assert site.roll_back().json()["model"] == ONE


def test_a_rollback_that_was_cut_off_before_the_alias_is_finished_by_the_next_and_written_once(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(*_given: object) -> None:
        raise RegistryAway("gone")

    site.promote(1)
    site.promote(2, previous=1)
    site.reload()
    with monkeypatch.context() as patched:
        patched.setattr(SqliteRegistry, "point", cut_off)
        cut = site.roll_back()
    served_between = site.served

    again = site.roll_back()

    assert (cut.status_code, served_between) == (503, "2")
    assert (again.status_code, site.served, site.registry.alias()) == (200, "1", "1")
    assert [row for row in site.ledger() if row[2] == "rolled_back"] == [("1", "2", "rolled_back")]


def test_the_other_replicas_follow_a_rollback_by_their_polling(
    site: Site, tmp_path: Path, make_client: Callable[..., TestClient], eventually: Callable[[Callable[[], bool]], None]
) -> None:
    site.promote(1)
    site.promote(2, previous=1)
    with make_client(tmp_path, model_dir=tmp_path / "other") as other:
        eventually(lambda: other.get("/readyz").status_code == 200)
        before = other.get("/v1/model").json()["version"]

        site.roll_back()

        eventually(lambda: other.get("/v1/model").json()["version"] == "1")
    assert before == "2"


def test_a_rollback_during_a_promotion_is_turned_away(site: Site) -> None:
    site.promote(1)
    site.promote(2, previous=1)

    with promotion_lock(site.engine, wait=False):
        answer = site.roll_back()

    assert (answer.status_code, answer.json()["type"]) == (409, "urn:cinecote:problem:promotion-under-way")
    assert site.registry.alias() == "2"


def test_the_models_are_listed_with_their_figures_and_the_ledger(site: Site) -> None:
    site.promote(1)
    site.promote(2, previous=1)
    site.reload()
    site.roll_back()

    answer = site.client.get("/v1/models")

    assert answer.status_code == 200
    RegisteredModels.model_validate_json(answer.content, strict=True)
    told = answer.json()
    assert [(version["version"], version["aliases"]) for version in told["versions"]] == [
        ("2", []),
        ("1", ["champion"]),
    ]
    assert told["versions"][0]["metrics"] == {"complete.macro_f1": 0.6}
    assert told["versions"][0]["created_at"] == "1970-01-01T00:00:02Z"
    assert [(row["version"], row["previous"], row["decision"]) for row in told["promotions"]] == site.ledger()
    # As every moment is told, and as the description says: with its offset.
    assert all(row["at"].endswith("Z") for row in told["promotions"])
    assert told["traffic"] == {"challenger_weight": 0.0, "shadow": False, "challenger": None, "fault": None}


def test_without_a_registry_or_a_database_the_answer_says_which(
    tmp_path: Path, registry: Any, make_model: MakeModel, make_client: Callable[..., TestClient]
) -> None:
    registry.promote(make_model(tmp_path / "model"), 1)
    with make_client(tmp_path, admin=True) as client:
        without_database = [client.get("/v1/models"), client.post("/v1/model/rollback")]
    with make_client(tmp_path, admin=True, tracking_uri="http://127.0.0.1:1") as client:
        without_registry = [client.get("/v1/models"), client.post("/v1/model/reload")]

    for answers, kind in ((without_database, "no-database"), (without_registry, "no-registry")):
        assert [answer.status_code for answer in answers] == [503, 503]
        assert {answer.json()["type"] for answer in answers} == {f"urn:cinecote:problem:{kind}"}
        assert all("Retry-After" in answer.headers for answer in answers)
    assert not (tmp_path / "cinecote.db").exists()
