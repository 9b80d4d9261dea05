"""A folder with a database and a registry of its own, films with a known signal, and trainings there."""

import os
import shutil
import sqlite3
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from sqlalchemy import Engine, func, insert, select
from tests.migrated_database import migrated

from cinecote.database import connect, now
from cinecote.ledger import entries
from cinecote.models import AFTER_RELEASE, FilmModel
from cinecote.registry import CHAMPION, MODEL_NAME, SHA256_TAG
from cinecote.tables import films, job_runs
from cinecote_train import telemetry
from cinecote_train.algorithms import ALGORITHMS, Algorithm
from cinecote_train.arrays import Floats
from cinecote_train.settings import TrainSettings
from cinecote_train.training import Trained, train

from .killed_training import QUICK, quick_recipe

telemetry.switch_off()
# OpenMP reads it once, when a library first needs it; its threads only wait for each other on this little.
os.environ.setdefault("OMP_NUM_THREADS", "1")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from mlflow import MlflowClient

Rows = list[dict[str, Any]]
MakeSite = Callable[..., "Site"]

FILMS = 450
"""Enough for every category to be in every part."""


def film_row(title: str, **facts: Any) -> dict[str, Any]:
    """A row of the films table; what isn't said is an ordinary film."""
    ordinary = {
        "source": "sample",
        "source_id": title,
        "title": title,
        "release_date": date(1999, 5, 1),
        "revenue": 20_000_000,
        "budget": 10_000_000,
        "runtime": 100,
        "vote_count": 500,
        "vote_count_raw": 5_000,
        "vote_map": "imdb/10",
        "vote_average": 6.5,
        "genres": [],
        "status": "Released",
        "content_hash": "",
        "fetched_at": now(),
        "expires_at": None,
    }
    return ordinary | facts


def made_rows(count: int, seed: int) -> Rows:
    """Films whose rating follows their votes and running time, with a tenth of the money and times unknown."""
    rng = np.random.default_rng(seed)
    quality, (revenue, budget, votes, runtime) = drawn_films(count, rng)
    rating = np.clip(6.5 + 0.7 * quality + rng.normal(0, 0.3, count), 1, 10)
    known = rng.random((count, 3)) > 0.1
    return [
        film_row(
            f"Film {number}",
            release_date=date(1970, 1, 1) + timedelta(days=int(rng.integers(15_000))),
            revenue=int(revenue[number]) if known[number, 0] else None,
            budget=int(budget[number]) if known[number, 1] else None,
            runtime=int(max(40, runtime[number])) if known[number, 2] else None,
            vote_count=int(votes[number]),
            vote_average=round(float(rating[number]), 1),
        )
        for number in range(count)
    ]


def drawn_films(count: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """The quality of films, and their four inputs, [4, count], all known: all but the budget grow with it."""
    quality = rng.normal(size=count)
    budget = np.exp(rng.normal(16, 1, count))
    revenue = budget * np.exp(rng.normal(0.5, 1, count) + 0.3 * quality)
    votes = 50 + np.exp(rng.normal(5, 0.8, count) + 0.8 * quality)
    runtime = 100 + 12 * quality + rng.normal(0, 12, count)
    return quality, np.stack([revenue, budget, votes, runtime])


def mlflow_client(uri: str) -> MlflowClient:
    """MLflow itself, without its warnings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return MlflowClient(uri, uri)


@dataclass(frozen=True)
class Site:
    """A folder with a migrated database, a place for a registry, and the settings that name both."""

    folder: Path
    engine: Engine
    settings: TrainSettings

    def add(self, rows: Rows) -> None:
        with self.engine.begin() as connection:
            connection.execute(insert(films), rows)

    @property
    def mlflow(self) -> MlflowClient:
        """MLflow itself, to look at what was left there."""
        return mlflow_client(self.settings.tracking_uri.get_secret_value())

    @property
    def film_count(self) -> int:
        with self.engine.connect() as connection:
            return connection.scalar(select(func.count()).select_from(films)) or 0

    def versions(self, model: str = MODEL_NAME) -> dict[str, str]:
        """The digests of the registered graphs, by version."""
        found = self.mlflow.search_model_versions(f"name = '{model}'")
        return {str(version.version): version.tags[SHA256_TAG] for version in found}

    def champion(self, model: str = MODEL_NAME) -> str:
        return str(self.mlflow.get_model_version_by_alias(model, CHAMPION).version)

    def ledger(self, model: str = MODEL_NAME) -> list[tuple[str, str | None, str]]:
        """Version, the champion before it, decision; the oldest first."""
        with self.engine.connect() as connection:
            return [
                (entry.version, entry.previous, entry.decision) for entry in reversed(entries(connection, model=model))
            ]

    def model_folder(self, version: str, model: str = MODEL_NAME) -> Path:
        source = self.mlflow.get_model_version(model, version).source
        return Path(urlsplit(str(source)).path)

    def job_statuses(self) -> list[str]:
        with self.engine.connect() as connection:
            return list(connection.scalars(select(job_runs.c.status).order_by(job_runs.c.id)))

    def job_counts(self) -> dict[str, int]:
        """What the last job counted."""
        with self.engine.connect() as connection:
            return dict(connection.scalars(select(job_runs.c.counts).order_by(job_runs.c.id.desc())).all()[0])

    @property
    def environment(self) -> dict[str, str]:
        """For a process of its own."""
        return os.environ | {
            "DATABASE_URL": self.settings.database_url.get_secret_value(),
            "MLFLOW_TRACKING_URI": self.settings.tracking_uri.get_secret_value(),
            "CINECOTE_TRAIN_JOBS": "1",
            # Spent at once: the first algorithm alone is compared.
            "CINECOTE_TRAIN_BUDGET_S": "0.001",
        }


def new_site(
    folder: Path, count: int, seed: int, registry: Path | None = None, tracking_uri: str | None = None
) -> Site:
    folder.mkdir()
    (folder / "cinecote.db").write_bytes(migrated())
    if registry:
        shutil.copy(registry, folder / "mlflow.db")
    site = opened_site(folder, tracking_uri)
    if count:
        site.add(made_rows(count, seed))
    return site


def copied(original: Site, folder: Path) -> Site:
    """The same site elsewhere; MLflow's tables name the places of artifacts, and are told the new one."""
    shutil.copytree(original.folder, folder, ignore=shutil.ignore_patterns("*.db*"))
    for name in ("cinecote.db", "mlflow.db"):
        with sqlite3.connect(original.folder / name) as source, sqlite3.connect(folder / name) as target:
            source.backup(target)
    places = (("experiments", "artifact_location"), ("runs", "artifact_uri"), ("model_versions", "source"))
    with sqlite3.connect(folder / "mlflow.db") as tables:
        for table, column in (*places, ("model_versions", "storage_location")):
            statement = f"UPDATE {table} SET {column} = replace({column}, ?, ?)"
            tables.execute(statement, (original.folder.as_uri(), folder.as_uri()))
    return opened_site(folder)


def opened_site(folder: Path, tracking_uri: str | None = None) -> Site:
    settings = TrainSettings.model_validate(
        {
            "database_url": f"sqlite:///{folder}/cinecote.db",
            "tracking_uri": tracking_uri or f"sqlite:///{folder}/mlflow.db",
            "processes": 1,
        }
    )
    return Site(folder, connect(settings.database_url.get_secret_value()), settings)


class Silent:
    """A watcher that remembers what it was told."""

    def __init__(self) -> None:
        self.left_out: list[str] = []
        self.known_searches = 0

    def begin(self, steps: int) -> None:
        self.steps = steps

    def fitting(self, algorithm: str) -> None:
        self.current = algorithm

    def fitted(self, algorithm: str, split: str) -> None:
        self.last = f"{algorithm}, {split}"

    def skipped(self, algorithm: str) -> None:
        self.left_out.append(algorithm)

    def taken_up(self, searches: int) -> None:
        self.known_searches = searches

    def say(self, what: str) -> None:
        self.last = what


def train_quickly(
    site: Site,
    algorithms: int | Sequence[Algorithm] = (QUICK,),
    baselines: Mapping[str, Sequence[Algorithm]] = MappingProxyType({}),
    budget: float = 600.0,
    model: FilmModel = AFTER_RELEASE,
    accept_data: bool = False,
    report: bool = False,
    vote: bool = False,
) -> Trained:
    """A whole training run of one model with a short search over one algorithm, the first ones, or those given."""
    tried = ALGORITHMS[:algorithms] if isinstance(algorithms, int) else algorithms
    recipe = quick_recipe(tried, baselines, accept_data, report, vote)
    (trained,) = train(site.engine, site.settings, [model], recipe, budget, Silent())
    return trained
