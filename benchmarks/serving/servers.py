"""Ours and its peers: how each is started, asked and understood."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.ports import free_port

from benchmarks.serving.environments import ROOT, environment, versions
from benchmarks.serving.models import Model
from cinecote_api.access.keys import make_key

_HERE = Path(__file__).parent
_INPUTS = ("revenue", "budget", "vote_count", "runtime")
# Peers unpickle the champion with the classes that it is made of.
_CLASSES = f"{ROOT}/jobs/train/src:{ROOT}/libs/cinecote/src"
TOKEN, KEY = make_key("benchmark", ["predict"])
_QUIET = {"MLFLOW_DISABLE_TELEMETRY": "true", "BENTOML_DO_NOT_TRACK": "true", "DO_NOT_TRACK": "true"}

Row = list[float]


@dataclass(frozen=True)
class Start:
    """A command that will listen on `port`."""

    port: int
    command: Sequence[str | Path]
    variables: dict[str, str] = field(default_factory=dict)
    folder: Path = ROOT


@dataclass(frozen=True)
class Server:
    """`start` readies a fresh start in a folder of its own; `ask` writes a row as a body, `read` its probabilities."""

    name: str
    environment: str
    packages: tuple[str, ...]
    settings: str
    path: str
    start: Callable[[Path, Model, Path], Start]
    ask: Callable[[Row], Any]
    read: Callable[[Any], Row]
    headers: tuple[str, ...] = ()

    @property
    def versions(self) -> str:
        return versions(environment(self.environment), self.packages)


def variables(installed: Path, start: Start, folder: Path) -> dict[str, str]:
    """The environment that a server starts with: nothing of the caller's but where to find programs."""
    own = {"PATH": f"{installed}/bin:{os.environ['PATH']}", "HOME": str(folder), "OMP_NUM_THREADS": "1"}
    return own | _QUIET | start.variables


def _cinecote(installed: Path, model: Model, folder: Path) -> Start:
    port, database = free_port(), f"sqlite:///{folder}/cinecote.db"
    settings = {
        "DATABASE_URL": database,
        "MLFLOW_TRACKING_URI": model.registry,
        "CINECOTE_MODEL_DIR": str(folder / "served"),
        "CINECOTE_API_PORT": str(port),
        "CINECOTE_LOG_FORMAT": "json",
        "CINECOTE_API_KEYS": str(KEY),
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    subprocess.run([installed / "bin/cinecote-migrate"], env=settings, check=True, capture_output=True)
    return Start(port, [installed / "bin/cinecote-api"], settings)


def _textbook(installed: Path, model: Model, _folder: Path) -> Start:
    port = free_port()
    command = [f"{installed}/bin/uvicorn", "app:app", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    return Start(port, command, {"MODEL": str(model.pipeline), "PYTHONPATH": _CLASSES}, _HERE / "textbook")


def _bentoml(installed: Path, model: Model, folder: Path) -> Start:
    port = free_port()
    command = [f"{installed}/bin/bentoml", "serve", "service:Films", "--host", "127.0.0.1", "--port", str(port)]
    own = {"MODEL": str(model.pipeline), "BENTOML_HOME": str(folder / "bentoml"), "PYTHONPATH": _CLASSES}
    return Start(port, command, own, _HERE / "bentoml")


def _mlserver(installed: Path, model: Model, folder: Path) -> Start:
    ports = [free_port() for _ in range(3)]
    listening = dict(zip(("http_port", "grpc_port", "metrics_port"), ports, strict=True))
    settings = {"host": "127.0.0.1", "parallel_workers": 0, "debug": False, **listening}
    (folder / "settings.json").write_text(json.dumps(settings))
    described = {
        "name": "film-category",
        "implementation": "mlserver_sklearn.SKLearnModel",
        "parameters": {"uri": str(model.pipeline), "version": "1"},
    }
    (folder / "model-settings.json").write_text(json.dumps(described))
    return Start(ports[0], [installed / "bin/mlserver", "start", folder], {"PYTHONPATH": _CLASSES}, folder)


def _mlflow(form: str) -> Callable[[Path, Model, Path], Start]:
    def start(installed: Path, model: Model, folder: Path) -> Start:
        port, saved = free_port(), model.folder / f"mlflow-{form}"
        known = {"PATH": f"{installed}/bin:{os.environ['PATH']}", "HOME": str(folder), "PYTHONPATH": _CLASSES, **_QUIET}
        if not (saved / "MLmodel").is_file():
            shutil.rmtree(saved, ignore_errors=True)
            files = map(str, (_HERE / "mlflow/save.py", model.pipeline, model.rows_file, saved))
            subprocess.run([f"{installed}/bin/python", *files, form], env=known, check=True, capture_output=True)
        options = ["--env-manager", "local", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
        command = [f"{installed}/bin/mlflow", "models", "serve", "--model-uri", str(saved), *options]
        return Start(port, command, {"PYTHONPATH": _CLASSES}, folder)

    return start


def _tensor(row: Row) -> dict[str, Any]:
    films = {"name": "films", "shape": [1, len(row)], "datatype": "FP64", "data": row}
    return {"inputs": [films], "outputs": [{"name": "predict_proba"}]}


OURS = Server(
    "cinecote", "cinecote", ("cinecote-api", "onnxruntime", "uvicorn"),
    "as in its image: validation, keys, prediction log, metrics, JSON logs",
    "/v1/predictions", _cinecote,
    ask=lambda row: dict(zip(_INPUTS, row, strict=True)), read=lambda said: list(said["probabilities"].values()),
    headers=(f"Authorization: Bearer {TOKEN}",),
)  # fmt: skip

PEERS = (
    Server(
        "mlflow", "mlflow", ("mlflow", "scikit-learn", "uvicorn"), "models serve, 1 worker, named columns",
        "/invocations", _mlflow("columns"),
        ask=lambda row: {"dataframe_split": {"columns": _INPUTS, "data": [row]}},
        read=lambda said: said["predictions"][0],
    ),
    Server(
        "mlflow-tensor", "mlflow", ("mlflow", "scikit-learn", "uvicorn"), "models serve, 1 worker, one tensor",
        "/invocations", _mlflow("tensor"),
        ask=lambda row: {"inputs": [row]}, read=lambda said: said["predictions"][0],
    ),
    Server(
        "mlserver", "mlserver", ("mlserver", "mlserver-sklearn", "scikit-learn"), "parallel_workers 0, its fastest",
        "/v2/models/film-category/infer", _mlserver, ask=_tensor, read=lambda said: said["outputs"][0]["data"],
    ),
    Server(
        "bentoml", "bentoml", ("bentoml", "scikit-learn"), "serve, 1 worker",
        "/predict", _bentoml, ask=lambda row: {"films": [row]}, read=lambda said: said[0],
    ),
    Server(
        "textbook", "textbook", ("fastapi", "pydantic", "uvicorn", "scikit-learn"), "uvicorn[standard], 1 worker",
        "/predict", _textbook,
        ask=lambda row: dict(zip(_INPUTS, row, strict=True)), read=lambda said: list(said["probabilities"].values()),
    ),
)  # fmt: skip
