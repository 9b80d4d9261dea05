"""MLflow: the runs of a comparison, their artifacts, and where a model's versions are kept."""

import math
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url

from cinecote.registry import ARTIFACT_FOLDER, EXPERIMENT, MODEL_TAG, BrokenModel
from cinecote_train.mlflow_answers import answering
from cinecote_train.server_probe import has_registry
from cinecote_train.tagged_versions import TaggedVersions
from cinecote_train.versions import RegisteredVersions, Version, Versions


class Registry:
    """The runs and versions of one model on an MLflow server, or in a SQLite file with `mlartifacts` beside it.

    A server without a registry, or with one that knows no aliases, keeps the versions in tags.
    """

    def __init__(self, uri: str, model: str) -> None:
        self._uri = uri
        self.model = model
        self.tagged = is_server(uri) and not has_registry(uri, model)
        with answering():
            from mlflow import MlflowClient

            location = _artifacts_beside(uri)
            self._client: MlflowClient = MlflowClient(uri, uri)
            known = self._client.get_experiment_by_name(EXPERIMENT)
            self._experiment: str = (
                known.experiment_id if known else self._client.create_experiment(EXPERIMENT, location)
            )
        self._versions: Versions = (
            TaggedVersions(self._client, self._experiment, model)
            if self.tagged
            else RegisteredVersions(self._client, model)
        )

    def bury_killed_runs(self) -> int:
        """Mark runs that a killed training left behind; how many. Only for the holder of the training lock."""
        with answering():
            left = self._client.search_runs([self._experiment], "attributes.status = 'RUNNING'")
            for run in left:
                self._client.set_terminated(run.info.run_id, "KILLED")
        return len(left)

    @contextmanager
    def run(self, name: str, parent: str | None = None) -> Iterator[str]:
        """A run's id for the time of the block; with `parent`, a run that MLflow shows below that one.

        It ends as FINISHED, FAILED where the block raises, KILLED where it is interrupted.
        """
        with answering():
            tags = {MODEL_TAG: self.model} | ({"mlflow.parentRunId": parent} if parent else {})
            run: str = self._client.create_run(self._experiment, run_name=name, tags=tags).info.run_id
        try:
            yield run
        except BaseException as error:
            self._end(run, "FAILED" if isinstance(error, Exception) else "KILLED")
            raise
        self._end(run, "FINISHED")

    def log(
        self, run: str, *, parameters: Mapping[str, Any], metrics: Mapping[str, float], tags: Mapping[str, str]
    ) -> None:
        """Parameters, figures and tags of a run, in one request; a figure that isn't finite is left out."""
        with answering():
            from mlflow.entities import Metric, Param, RunTag

            at = int(time.time() * 1000)
            finite = {name: value for name, value in metrics.items() if math.isfinite(value)}
            self._client.log_batch(
                run,
                metrics=[Metric(name, value, at, 0) for name, value in finite.items()],
                params=[Param(name, str(value)) for name, value in parameters.items()],
                tags=[RunTag(name, value) for name, value in tags.items()],
            )

    def log_files(self, run: str, folder: Path, below: str | None = None) -> None:
        """Copy a folder's files to the run's artifacts, into the folder `below` there."""
        with answering():
            self._client.log_artifacts(run, str(folder), below)

    def register(self, run: str, sha256: str, card: str = "") -> Version:
        """A new version: the model in the run's artifacts, with what a person reads of it in Markdown."""
        return self._versions.register(run, sha256, self.source(run), card)

    def source(self, run: str) -> str:
        """Where the files of the model in the run's artifacts are."""
        with answering():
            return f"{self._client.get_run(run).info.artifact_uri}/{ARTIFACT_FOLDER}"

    def versions(self, sha256: str) -> Iterator[Version]:
        """The versions with this graph."""
        return (version for version in self._versions.all() if version.sha256 == sha256)

    def version(self, number: str) -> Version | None:
        """The version of this number."""
        return self._versions.version(number)

    def champion(self) -> Version | None:
        """The version that is being served."""
        return self._versions.champion()

    def make_champion(self, version: Version) -> None:
        """Have this version served from now on."""
        self._versions.make_champion(version)

    def download(self, version: Version, folder: Path) -> Path:
        """Copy a version's files into `folder`; where they are. BrokenModel where it has none any more."""
        with answering():
            from mlflow.artifacts import download_artifacts

            # A server answers a missing file and a fault of its own alike; a listing tells them apart.
            if not self._has_files(version.source):
                raise BrokenModel("its files are gone")
            return Path(download_artifacts(artifact_uri=version.source, dst_path=str(folder), tracking_uri=self._uri))

    def download_beside(self, version: Version, name: str, folder: Path) -> Path | None:
        """Copy another folder of the run that made the version; where its files are, None where it has none."""
        source = f"{version.source.removesuffix(ARTIFACT_FOLDER)}{name}"
        with answering():
            from mlflow.artifacts import download_artifacts

            if not self._has_files(source):
                return None
            return Path(download_artifacts(artifact_uri=source, dst_path=str(folder), tracking_uri=self._uri))

    def remove_run(self, run: str) -> None:
        """Put a run among the removed ones."""
        with answering():
            self._client.delete_run(run)

    def _has_files(self, source: str) -> bool:
        """Asked of the place itself: a run's listing wants what servers before MLflow 3 don't have."""
        from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

        return bool(get_artifact_repository(source, tracking_uri=self._uri).list_artifacts())

    def _end(self, run: str, status: str) -> None:
        with answering():
            self._client.set_terminated(run, status)


def is_server(uri: str) -> bool:
    """Whether the address is of a server that is asked over HTTP."""
    return urlsplit(uri).scheme in ("http", "https")


def _artifacts_beside(uri: str) -> str | None:
    """Where a laptop's artifacts go; a server knows its own place."""
    if not uri.startswith("sqlite:"):
        return None
    database = Path(make_url(uri).database or "").absolute()
    database.parent.mkdir(parents=True, exist_ok=True)
    return (database.parent / "mlartifacts").as_uri()
