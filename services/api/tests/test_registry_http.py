"""Against a small server that answers as MLflow 3.17 does, on a real socket."""

import base64
import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import SecretStr

from cinecote.exits import UsageError
from cinecote.registry import BEFORE_RELEASE_NAME, CHAMPION, GRAPH_FILE, digest
from cinecote_api.models.store import ModelStore
from cinecote_api.registry.registry import (
    ListedVersion,
    NoArtifact,
    NoModel,
    RegisteredVersion,
    Registry,
    RegistryAway,
    open_registry,
)
from cinecote_api.settings import ApiSettings


class MlflowServer(ThreadingHTTPServer):
    """Serves one registered version out of `folder`; `status` and `body` take the place of every answer.

    Its first `strangers` connections lead to a server that knows nothing of MLflow.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder: Path | None = None
        self.tags: list[dict[str, str]] = []
        self.posted: list[tuple[str, Any]] = []
        self.status = 200
        self.body: bytes | None = None
        self.credentials: str | None = None
        self.strangers = 0

    @property
    def uri(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


_VERSION = {
    "name": "film-category",
    "version": "12",
    "source": "mlflow-artifacts:/1/r/artifacts/model",
    "creation_timestamp": 1795424400000,
    "run_id": "r12",
    "tags": [{"key": "sha256", "value": "abc"}],
}
_TOLD: dict[str, Any] = {
    "/api/2.0/mlflow/registered-models/get": {
        "registered_model": {
            "name": "film-category",
            "aliases": [{"alias": "champion", "version": "12"}, {"alias": "challenger", "version": "11"}],
            "tags": [{"key": "cinecote.traffic", "value": "{}"}],
        }
    },
    "/api/2.0/mlflow/model-versions/get": {"model_version": _VERSION},
    "/api/2.0/mlflow/model-versions/search": {"model_versions": [_VERSION]},
    "/api/2.0/mlflow/experiments/get-by-name": {"experiment": {"experiment_id": "1"}},
}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: MlflowServer

    def setup(self) -> None:
        super().setup()
        self.is_stranger = self.server.strangers > 0
        self.server.strangers -= 1

    def do_POST(self) -> None:
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.posted.append((self.path.removeprefix("/api/2.0/mlflow/"), said))
        if self.path.endswith("runs/search"):
            metrics = [{"key": "held_out.macro_f1", "value": 0.6}, {"key": "odd", "value": "NaN"}]
            run = {"info": {"run_id": "r12"}, "data": {"metrics": metrics}}
            self._answer(200, json.dumps({"runs": [run]}).encode())
        else:
            self._answer(200, b"{}")

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        if self.server.credentials and self.headers["Authorization"] != self.server.credentials:
            self._answer(401, b"Unauthorized")
        elif self.is_stranger:
            self._answer(404, b"")
        elif self.server.body is not None or self.server.status != 200:
            self._answer(self.server.status, self.server.body or b"")
        elif address.path == "/api/2.0/mlflow/registered-models/alias":
            self._alias(query)
        elif address.path in _TOLD and self.server.folder:
            self._answer(200, json.dumps(_TOLD[address.path]).encode())
        elif address.path == "/model-versions/get-artifact":
            self._artifact(query)
        else:
            self._answer(404, b'{"error_code": "RESOURCE_DOES_NOT_EXIST"}')

    def _alias(self, query: dict[str, str]) -> None:
        if self.server.folder is None or (query["name"], query["alias"]) != ("film-category", "champion"):
            self._answer(404, b'{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "not found"}')
            return
        version = {"name": "film-category", "version": "12", "source": "mlflow-artifacts:/1/r/artifacts/model"}
        self._answer(200, json.dumps({"model_version": version | {"tags": self.server.tags}}).encode())

    def _artifact(self, query: dict[str, str]) -> None:
        file = (self.server.folder or Path("nowhere")) / query["path"]
        if (query["name"], query["version"]) == ("film-category", "12") and file.is_file():
            self._answer(200, file.read_bytes())
        else:
            self._answer(404, b'{"error_code": "RESOURCE_DOES_NOT_EXIST"}')

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def mlflow() -> Iterator[MlflowServer]:
    with MlflowServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def asked(mlflow: MlflowServer) -> Iterator[Registry]:
    registry = open_registry(ApiSettings(tracking_uri=SecretStr(mlflow.uri + "/")))
    yield registry
    registry.close()


def test_the_champion_comes_with_its_files(
    mlflow: MlflowServer, asked: Registry, make_model: Callable[..., Path], tmp_path: Path
) -> None:
    mlflow.folder = make_model(tmp_path / "model")
    sha256 = digest((mlflow.folder / GRAPH_FILE).read_bytes())
    mlflow.tags = [{"key": "sha256", "value": sha256}, {"key": "other", "value": "x"}]
    store = ModelStore(tmp_path / "served")
    store.prepare()

    champion = asked.named(CHAMPION)
    assert champion is not None
    model = store.take(champion, asked)

    assert champion == RegisteredVersion("12", sha256, "mlflow-artifacts:/1/r/artifacts/model")
    assert (model.version, model.manifest.sha256) == ("12", sha256)


def test_without_a_registered_model_there_is_no_champion(asked: Registry) -> None:
    assert asked.named(CHAMPION) is None


def test_another_model_is_asked_for_by_its_own_name(
    mlflow: MlflowServer, make_model: Callable[..., Path], tmp_path: Path
) -> None:
    mlflow.folder = make_model(tmp_path / "model")
    other = open_registry(ApiSettings(tracking_uri=SecretStr(mlflow.uri)), BEFORE_RELEASE_NAME)

    champion = other.named(CHAMPION)
    other.point(CHAMPION, "3")
    other.set_tag("key", "value")
    other.close()

    assert champion is None
    assert [said["name"] for _, said in mlflow.posted] == [BEFORE_RELEASE_NAME] * 2


def test_without_an_alias_there_is_no_champion(mlflow: MlflowServer, asked: Registry) -> None:
    mlflow.status = 400
    mlflow.body = b'{"error_code": "INVALID_PARAMETER_VALUE", "message": "Registered model alias champion not found."}'

    assert asked.named(CHAMPION) is None


@pytest.mark.parametrize(("version", "name"), [("12", "absent.bin"), ("99", GRAPH_FILE)])
def test_a_file_that_is_not_there_is_told_apart_from_a_server_that_is_away(
    mlflow: MlflowServer, asked: Registry, make_model: Callable[..., Path], tmp_path: Path, version: str, name: str
) -> None:
    mlflow.folder = make_model(tmp_path / "model")

    with pytest.raises(NoArtifact):
        asked.download(RegisteredVersion(version, None, ""), name, tmp_path / "file")


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b"oops"),
        (403, b"Invalid Host header"),
        (404, b"<html>"),
        (200, b"<html>"),
        (200, b"[]"),
        (200, b'{"model_version": {}}'),
    ],
)
def test_an_answer_that_is_not_mlflows_is_trouble_and_not_an_absence(
    mlflow: MlflowServer, asked: Registry, status: int, body: bytes
) -> None:
    mlflow.status, mlflow.body = status, body

    with pytest.raises(RegistryAway):
        asked.named(CHAMPION)


def test_a_connection_that_led_elsewhere_is_not_kept(mlflow: MlflowServer, asked: Registry, tmp_path: Path) -> None:
    mlflow.folder = tmp_path
    mlflow.strangers = 1
    with pytest.raises(RegistryAway, match="not MLflow's"):
        asked.named(CHAMPION)

    assert asked.named(CHAMPION) is not None


def test_a_server_that_is_not_there_is_away(mlflow: MlflowServer, tmp_path: Path) -> None:
    mlflow.server_close()
    registry = open_registry(ApiSettings(tracking_uri=SecretStr(mlflow.uri)))

    with pytest.raises(RegistryAway):
        registry.named(CHAMPION)
    with pytest.raises(RegistryAway):
        registry.download(RegisteredVersion("12", None, ""), GRAPH_FILE, tmp_path / "graph")
    registry.close()


def test_versions_are_told_with_their_aliases_and_their_runs_figures(mlflow: MlflowServer, asked: Registry) -> None:
    mlflow.folder = Path("somewhere")

    [version] = asked.versions()

    assert version == ListedVersion(
        "12", datetime(2026, 11, 23, 9, tzinfo=UTC), "abc", ["champion"], {"held_out.macro_f1": 0.6}
    )
    assert mlflow.posted == [
        ("runs/search", {"experiment_ids": ["1"], "filter": "attributes.run_id IN ('r12')", "max_results": 100})
    ]


def test_a_version_is_found_by_its_number(mlflow: MlflowServer, asked: Registry) -> None:
    before = asked.version("12")
    mlflow.folder = Path("somewhere")

    assert before is None
    assert asked.version("12") == RegisteredVersion("12", "abc", "mlflow-artifacts:/1/r/artifacts/model")


def test_an_alias_is_moved_and_a_tag_set_by_mlflows_own_calls(mlflow: MlflowServer, asked: Registry) -> None:
    mlflow.folder = Path("somewhere")

    asked.point("champion", "12")
    asked.set_tag("cinecote.traffic", "half")

    assert asked.tag("cinecote.traffic") == "{}"
    assert asked.tag("another") is None
    assert mlflow.posted == [
        ("registered-models/alias", {"name": "film-category", "alias": "champion", "version": "12"}),
        ("registered-models/set-tag", {"name": "film-category", "key": "cinecote.traffic", "value": "half"}),
    ]


def test_without_a_registered_model_there_are_no_versions_and_no_place_for_a_tag(asked: Registry) -> None:
    assert asked.versions() == []
    assert asked.tag("cinecote.traffic") is None
    with pytest.raises(NoModel):
        asked.set_tag("cinecote.traffic", "{}")


@pytest.mark.parametrize(("status", "body"), [(500, b"oops"), (200, b"[]"), (200, b"<html>")])
def test_trouble_with_the_list_is_told_as_trouble(
    mlflow: MlflowServer, asked: Registry, status: int, body: bytes
) -> None:
    mlflow.status, mlflow.body = status, body

    for look in (asked.versions, lambda: asked.tag("cinecote.traffic")):
        with pytest.raises(RegistryAway):
            look()


def test_a_file_beyond_all_size_is_not_fetched_to_its_end(
    mlflow: MlflowServer,
    asked: Registry,
    make_model: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mlflow.folder = make_model(tmp_path / "model")
    monkeypatch.setattr("cinecote_api.registry.http.LARGEST_FILE", 10)

    with pytest.raises(NoArtifact):
        asked.download(RegisteredVersion("12", None, ""), GRAPH_FILE, tmp_path / "graph")


def test_a_server_that_asks_for_a_name_gets_it(mlflow: MlflowServer, asked: Registry) -> None:
    mlflow.credentials = "Basic " + base64.b64encode("zoé:s3cret".encode()).decode()
    settings = ApiSettings(
        tracking_uri=SecretStr(mlflow.uri), tracking_username="zoé", tracking_password=SecretStr("s3cret")
    )
    registry = open_registry(settings)

    named = registry.named(CHAMPION)
    registry.close()

    assert named is None
    with pytest.raises(RegistryAway):
        asked.named(CHAMPION)


@pytest.mark.parametrize("uri", ["mysql+pymysql://u:s3cret@db/mlflow", "./mlruns", "databricks"])
def test_a_registry_of_another_kind_is_a_wrong_setting(uri: str) -> None:
    with pytest.raises(UsageError, match="MLFLOW_TRACKING_URI") as refused:
        open_registry(ApiSettings(tracking_uri=SecretStr(uri)))

    assert "s3cret" not in str(refused.value)
