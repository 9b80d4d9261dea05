"""Real parts for the tests: ONNX graphs, registries in MLflow's tables, databases, and the API around them."""

import json
import os
import sqlite3
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import onnx
import pytest
import structlog
from onnx.parser import parse_model
from sqlalchemy import Engine, Select, create_engine, func, insert, make_url, select
from starlette.testclient import TestClient
from tests.migrated_database import migrated

from cinecote.database import connect
from cinecote.features import INPUTS
from cinecote.films import CATEGORIES, fold_words
from cinecote.migrate import migrate
from cinecote.model_report import REPORT_FILE, plot_file
from cinecote.registry import GRAPH_FILE, MANIFEST_FILE, MODEL_NAME, MODEL_NAMES, digest
from cinecote.tables import WORD_LENGTH, film_words, films
from cinecote_api.access.keys import make_key
from cinecote_api.main import create_app
from cinecote_api.models import followed
from cinecote_api.models.graph import Graph
from cinecote_api.models.watcher import RegistryWatcher
from cinecote_api.settings import ApiSettings

TEMPLATE = Path(__file__).with_name("manifest.json")
REPORT = Path(__file__).with_name("report.json")
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" role="img"><script>alert(1)</script><path d="M0 0h9"/></svg>'
NAMES = tuple(wanted.name for wanted in INPUTS)
FETCHED_AT = datetime.fromisoformat("2026-11-01T08:30:00.250000")


def write_model(
    folder: Path,
    seed: int = 0,
    inputs: Sequence[str] = NAMES,
    name: str = MODEL_NAME,
    beside: Mapping[str, bytes] = MappingProxyType({}),
) -> Path:
    """A version of the model `name` in `folder`: softmax of a random linear map of log(1 + x), with files `beside`."""
    folder.mkdir(parents=True)
    onnx.save(_graph(seed, len(inputs)), folder / GRAPH_FILE)
    graph = Graph(folder / GRAPH_FILE, len(inputs))
    manifest = json.loads(TEMPLATE.read_text())
    golden = []
    for request in (it for it in manifest["golden"] if set(it) & set(inputs)):
        row = [request.get(name) for name in inputs]
        rows = np.array([[np.nan if value is None else value for value in row]])
        answer = dict(zip(CATEGORIES, graph.run(rows)[0].tolist(), strict=True))
        golden.append({"inputs": dict(zip(inputs, row, strict=True)), "probabilities": answer})
    manifest |= {"name": name, "inputs": list(inputs), "golden": golden, "background": _background(inputs)}
    for file, content in beside.items():
        (folder / file).write_bytes(content)
    manifest["files"] = {file: digest((folder / file).read_bytes()) for file in (GRAPH_FILE, *beside)}
    (folder / MANIFEST_FILE).write_text(json.dumps(manifest))
    return folder


def _background(inputs: Sequence[str]) -> list[list[float | None]]:
    """Eight films, some with an input unknown."""
    random = np.random.default_rng(8)
    ranges = {"vote_count": (1, 5e4), "runtime": (60, 200), "release_year": (1930, 2025)}
    films = [[float(np.rint(random.uniform(*ranges.get(name, (1e5, 5e8))))) for name in inputs] for _ in range(8)]
    return [[None if film % 5 == place else value for place, value in enumerate(row)] for film, row in enumerate(films)]


def _graph(seed: int, width: int) -> onnx.ModelProto:
    random = np.random.default_rng(seed)
    weights = ", ".join(map(repr, (random.normal(size=width * 3) / 10).tolist()))
    bias = ", ".join(map(repr, random.normal(size=3).tolist()))
    return parse_model(
        f"""
        <ir_version: 9, opset_import: ["": 17]>
        linear (double[n, {width}] films) => (double[n, 3] probabilities)
        <double zero = {{0}}, double one = {{1}},
         double[{width}, 3] weights = {{{weights}}}, double[3] bias = {{{bias}}}> {{
          unknown = IsNaN(films)
          known = Where(unknown, zero, films)
          shifted = Add(known, one)
          logs = Log(shifted)
          weighted = MatMul(logs, weights)
          scores = Add(weighted, bias)
          probabilities = Softmax(scores)
        }}
        """
    )


TABLES = """
    CREATE TABLE IF NOT EXISTS registered_models (name PRIMARY KEY);
    CREATE TABLE IF NOT EXISTS registered_model_tags (name, key, value, PRIMARY KEY (name, key));
    CREATE TABLE IF NOT EXISTS registered_model_aliases (name, alias, version INTEGER, PRIMARY KEY (name, alias));
    CREATE TABLE IF NOT EXISTS model_versions
      (name, version INTEGER, source, storage_location, run_id, current_stage, creation_time,
       PRIMARY KEY (name, version));
    CREATE TABLE IF NOT EXISTS model_version_tags (name, version INTEGER, key, value, PRIMARY KEY (name, version, key));
    CREATE TABLE IF NOT EXISTS latest_metrics (key, value, is_nan, run_uuid, PRIMARY KEY (key, run_uuid));
"""


class RegistryFile:
    """The model `name` in a registry as MLflow keeps it in SQLite, with the columns that matter here."""

    def __init__(self, path: Path, name: str = MODEL_NAME) -> None:
        self.path = path
        self.name = name
        self.uri = f"sqlite:///{path}"

    def promote(self, model: Path, version: int, sha256: str | None = "", alias: str = "champion") -> None:
        """Register `model` and have the alias name it; `sha256` is the tag, by default the right one."""
        tag = digest((model / GRAPH_FILE).read_bytes()) if sha256 == "" else sha256
        named = {"name": self.name, "version": version, "source": model.as_uri(), "tag": tag}
        named |= {"alias": alias, "run": f"run of {self.name} {version}"}
        with closing(sqlite3.connect(self.path)) as file, file:
            file.executescript(TABLES)
            file.execute("REPLACE INTO registered_models VALUES (:name)", named)
            file.execute(
                "REPLACE INTO model_versions VALUES (:name, :version, :source, NULL, :run, 'None', 1000 * :version)",
                named,
            )
            file.execute("REPLACE INTO latest_metrics VALUES ('complete.macro_f1', 0.6, 0, :run)", named)
            if tag is not None:
                file.execute("REPLACE INTO model_version_tags VALUES (:name, :version, 'sha256', :tag)", named)
            file.execute("REPLACE INTO registered_model_aliases VALUES (:name, :alias, :version)", named)

    def delete(self, version: int) -> None:
        """As MLflow deletes a version, whose row stays."""
        with closing(sqlite3.connect(self.path)) as file, file:
            file.execute(
                "UPDATE model_versions SET current_stage = 'Deleted_Internal' WHERE name = ? AND version = ?",
                (self.name, version),
            )

    def unset(self, alias: str) -> None:
        with closing(sqlite3.connect(self.path)) as file, file:
            file.execute("DELETE FROM registered_model_aliases WHERE name = ? AND alias = ?", (self.name, alias))

    def tag(self, key: str, value: str) -> None:
        """Tag the registered model."""
        with closing(sqlite3.connect(self.path)) as file, file:
            file.execute("REPLACE INTO registered_model_tags VALUES (?, ?, ?)", (self.name, key, value))

    def alias(self, alias: str = "champion") -> str:
        """The version that the alias names."""
        with closing(sqlite3.connect(self.path)) as file:
            named = "SELECT version FROM registered_model_aliases WHERE name = ? AND alias = ?"
            return str(*file.execute(named, (self.name, alias)).fetchone())


@pytest.fixture(scope="session", autouse=True)
def plain_faults() -> None:
    """Left alone, structlog takes a second to tell of a fault, with all variables of each call."""
    *before, _ = structlog.get_config()["processors"]
    structlog.configure([*before, structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)])


@pytest.fixture
def registry(tmp_path: Path) -> RegistryFile:
    return RegistryFile(tmp_path / "mlflow.db")


@pytest.fixture(scope="session")
def make_registry() -> Callable[[Path], RegistryFile]:
    """The registry in a folder."""
    return lambda folder: RegistryFile(folder / "mlflow.db")


@pytest.fixture(scope="session")
def make_model() -> Callable[..., Path]:
    return write_model


@pytest.fixture(scope="session")
def eventually() -> Callable[[Callable[[], bool]], None]:
    """Waits for a condition to come true, and fails where it doesn't in time."""

    def wait(condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 15
        while not condition():
            assert time.monotonic() < deadline, "it did not happen in time"
            time.sleep(0.01)

    return wait


@pytest.fixture(scope="session")
def carried() -> dict[str, bytes]:
    """A report and its two plots, as files beside a graph; a script stands in the pictures."""
    return {REPORT_FILE: REPORT.read_bytes(), plot_file("pareto"): SVG, plot_file("unknown-inputs"): SVG}


@pytest.fixture(scope="session")
def make_client() -> Callable[..., TestClient]:
    """The API over `folder`: its registry, models and database are there unless `settings` say otherwise.

    With `admin`, every request carries a key of that scope.
    """

    def make(folder: Path, *, admin: bool = False, **settings: Any) -> TestClient:
        usual: dict[str, Any] = {"model_dir": folder / "served", "registry_poll_s": 0.05}
        usual |= {"database_url": f"sqlite:///{folder}/cinecote.db", "tracking_uri": f"sqlite:///{folder}/mlflow.db"}
        token, key = make_key("us", ["admin"])
        if admin:
            usual["api_keys"] = str(key)
        headers = {"Authorization": f"Bearer {token}"} if admin else None
        return TestClient(create_app(ApiSettings(**(usual | settings))), headers=headers)

    return make


@pytest.fixture
def make_still_client(
    make_client: Callable[..., TestClient], eventually: Callable[[Callable[[], bool]], None],
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., AbstractContextManager[TestClient]]:  # fmt: skip
    """A client as `make_client`'s for an admin, of an API that has looked at the registry once and polls no more."""

    @contextmanager
    def make(folder: Path, **settings: Any) -> Iterator[TestClient]:
        looked: list[RegistryWatcher] = []

        class Counted(RegistryWatcher):
            def look(self) -> None:
                super().look()
                if self._trouble is None:
                    looked.append(self)

        monkeypatch.setattr(followed, "RegistryWatcher", Counted)
        with make_client(folder, admin=True, registry_poll_s=3600, **settings) as client:
            eventually(lambda: len(looked) == len(MODEL_NAMES))
            yield client

    return make


@pytest.fixture(scope="module")
def api(
    tmp_path_factory: pytest.TempPathFactory,
    make_client: Callable[..., TestClient],
    eventually: Callable[[Callable[[], bool]], None],
) -> Iterator[TestClient]:
    """An API that serves version 7, without a database; one for all tests of a file."""
    folder = tmp_path_factory.mktemp("api")
    RegistryFile(folder / "mlflow.db").promote(write_model(folder / "model"), 7)
    with make_client(folder) as client:
        eventually(lambda: client.get("/readyz").status_code == 200)
        yield client


@pytest.fixture(params=["sqlite", "mysql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A migrated, empty database of each kind, the test's own."""
    url, server = make_url(f"sqlite:///{tmp_path}/cinecote.db"), os.environ.get("CINECOTE_TEST_MYSQL_URL", "")
    if request.param == "mysql":
        if not server:
            pytest.skip("CINECOTE_TEST_MYSQL_URL names no MySQL server")
        url = make_url(server).set(database=f"test_api_{uuid.uuid4().hex}")
        _administer(server, f"CREATE DATABASE {url.database}")
    else:
        (tmp_path / "cinecote.db").write_bytes(migrated())
    engine = connect(url.render_as_string(hide_password=False))
    if request.param == "mysql":
        migrate(engine)
    yield engine
    engine.dispose()
    if request.param == "mysql":
        _administer(server, f"DROP DATABASE {url.database}")


def _administer(server: str, statement: str) -> None:
    engine = create_engine(server)
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


@pytest.fixture
def add_film(database: Engine) -> Callable[..., int]:
    """Stores a film with the facts given, the rest unknown, and gives its id."""

    def add(title: str, **facts: Any) -> int:
        source_id = facts.pop("source_id", uuid.uuid4().hex)
        film = {"source": "sample", "genres": [], "status": "Released", "content_hash": "", "fetched_at": FETCHED_AT}
        with database.begin() as connection:
            inserted = connection.execute(insert(films).values(title=title, source_id=source_id, **(film | facts)))
            film_id: int = inserted.inserted_primary_key[0]  # type: ignore[index]
            words = {word[:WORD_LENGTH] for word in fold_words(title)}
            if words:
                connection.execute(insert(film_words), [{"word": word, "film_id": film_id} for word in words])
        return film_id

    return add


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Sets the seconds that a search or query is given: ten, so that a busy machine gets through all tests."""

    def give(seconds: float) -> None:
        monkeypatch.setattr("cinecote_api.routes.films._SECONDS_TO_SEARCH", seconds)
        monkeypatch.setattr("cinecote_api.routes.queries._SECONDS_TO_ANSWER", seconds)

    give(10)
    return give


@pytest.fixture
def endless(add_film: Callable[..., int], patience: Callable[[float], None]) -> Select[Any]:
    """A query that no server ends within the time of a test, nor within the two seconds that it is given."""
    patience(2)
    for number in range(50):
        add_film(f"Film {number}")
    crossed = [films.alias(f"film{number}") for number in range(7)]
    pairs = pairwise(table.c.id for table in crossed)
    return select(func.count()).where(*(one != other for one, other in pairs))


@pytest.fixture
def client(database: Engine, tmp_path: Path, make_client: Callable[..., TestClient]) -> Iterator[TestClient]:
    """The API over `database`."""
    url = database.url.render_as_string(hide_password=False)
    with make_client(tmp_path, database_url=url) as client:
        yield client
