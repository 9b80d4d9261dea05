"""The two models: scaler and logistic regression, and what `cinecote-train run` makes of the built-in sample."""

import math
import pickle
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import joblib
import numpy as np
from sklearn.base import BaseEstimator
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.serving.environments import PLACE, ROOT
from cinecote.database import connect
from cinecote.migrate import migrate
from cinecote.registry import ARTIFACT_FOLDER, GRAPH_INPUT
from cinecote_train import telemetry
from cinecote_train.dataset import Films
from cinecote_train.estimators.film_features import features_used
from cinecote_train.export.classifiers import add_classifier
from cinecote_train.export.graph import Graph
from cinecote_train.export.model import to_onnx
from cinecote_train.export.preparation import add_preparation
from cinecote_train.film_reader import read_films
from cinecote_train.findings import find
from cinecote_train.held_out import split
from cinecote_train.manifest import Made, describe, write_model
from cinecote_train.progress import watching
from cinecote_train.recipe import Budget, Recipe
from cinecote_train.search import RUN
from cinecote_train.settings import TrainSettings
from cinecote_train.tracking import Registry
from cinecote_train.workers import Workers

ROWS = 64
NAMES = ("linear", "champion")

_SOURCES = ("jobs/train/src", "jobs/collect/src", "libs/cinecote/src")


@dataclass(frozen=True)
class Model:
    """A model in `folder`: pickled for the peers, registered for ours, with films to ask about and their answers."""

    name: str
    algorithm: str
    folder: Path

    @property
    def pipeline(self) -> Path:
        return self.folder / "pipeline.joblib"

    @property
    def rows_file(self) -> Path:
        return self.folder / "rows.npy"

    @property
    def registry(self) -> str:
        return f"sqlite:///{self.folder}/mlflow.db"

    @property
    def rows(self) -> list[list[float]]:
        """[ROWS, 4], every input known, as the peers can't do without."""
        rows: list[list[float]] = np.load(self.rows_file).tolist()
        return rows

    @property
    def expected(self) -> list[list[float]]:
        """What scikit-learn itself answers."""
        expected: list[list[float]] = np.load(self.folder / "expected.npy").tolist()
        return expected


def prepared(name: str) -> Model:
    """The model of this name, made where neither code nor sample has changed since it was made."""
    folder = PLACE / "models" / name
    made, said = folder / ".made", _sources()
    if not made.is_file() or made.read_text().split()[0] != said:
        print(f"fitting the {name} model", flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        algorithm = _make(folder, _champion if name == "champion" else _linear)
        made.write_text(f"{said} {algorithm}")
    return Model(name, made.read_text().split()[1], folder)


@dataclass(frozen=True)
class _Fitted:
    algorithm: str
    estimator: BaseEstimator
    graph: bytes


def _make(folder: Path, fit: Callable[[Films, Films, TrainSettings], _Fitted]) -> str:
    telemetry.switch_off()
    database = f"sqlite:///{folder}/cinecote.db"
    settings = TrainSettings(database_url=database, tracking_uri=f"sqlite:///{folder}/mlflow.db")
    engine = connect(database)
    migrate(engine)
    subprocess.run(
        [ROOT / ".venv/bin/cinecote-collect", "sample"], env={"DATABASE_URL": database}, check=True, capture_output=True
    )
    training, held_out = split(read_films(engine, settings), settings.held_out)
    engine.dispose()
    fitted = fit(training, held_out, settings)
    _write(folder, fitted, training, held_out, settings)
    return fitted.algorithm


def _linear(training: Films, _held_out: Films, _settings: TrainSettings) -> _Fitted:
    # Ours fills in unknown inputs first, as its contract asks, which the peers don't.
    known = training.take(training.complete)
    pipeline = Pipeline([("scaler", StandardScaler()), ("classifier", LogisticRegression(max_iter=2_000))])
    pipeline.fit(known.inputs, known.categories)
    imputer = SimpleImputer().fit(known.inputs)
    graph = Graph(len(training.model.inputs))
    features = add_preparation(graph, Pipeline([("imputer", imputer), *pipeline.steps]), GRAPH_INPUT)
    serialised = graph.finish(add_classifier(graph, pipeline.steps[-1][1], features))
    return _Fitted("scaler+logistic", pipeline, serialised)


def _champion(training: Films, held_out: Films, settings: TrainSettings) -> _Fitted:
    with Workers(settings.processes) as workers, watching() as watcher:
        budget = Budget(math.inf)
        winner = find(training, held_out, Recipe("benchmark", RUN), workers, budget, watcher).winner
    return _Fitted(winner.algorithm, winner.model, to_onnx(winner.model))


def _write(folder: Path, fitted: _Fitted, training: Films, held_out: Films, settings: TrainSettings) -> None:
    rows = held_out.inputs[held_out.complete][:ROWS]
    np.save(folder / "rows.npy", rows)
    np.save(folder / "expected.npy", fitted.estimator.predict_proba(rows))
    joblib.dump(fitted.estimator, folder / "pipeline.joblib", protocol=pickle.HIGHEST_PROTOCOL)
    registry = Registry(settings.tracking_uri.get_secret_value(), training.model.name)
    with registry.run("benchmark") as run:
        made = Made(
            algorithm=fitted.algorithm, features=features_used(fitted.estimator), run_id=run, graph=fitted.graph,
            scores={}, baselines={}, training=training, held_out=held_out, out_of_fold=np.empty((0, 3)),
            seconds_a_prediction=0.0,
        )  # fmt: skip
        manifest = describe(made, settings)
        write_model(folder / "served", made, manifest)
        registry.log_files(run, folder / "served", ARTIFACT_FOLDER)
        registry.make_champion(registry.register(run, manifest.sha256))


def _sources() -> str:
    """A digest of all that decides what comes of the fitting."""
    state = sha256((ROOT / "requirements.lock").read_bytes() + Path(__file__).read_bytes())
    for file in sorted(
        file for part in _SOURCES for file in (ROOT / part).rglob("*") if file.suffix in (".py", ".csv")
    ):
        state.update(file.read_bytes())
    return state.hexdigest()
