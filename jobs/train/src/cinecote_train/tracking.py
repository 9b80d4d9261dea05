"""MLflow: the runs of a comparison, the registered versions, the champion's alias. Nothing else talks to it."""

import math
import re
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from cinecote.exits import CommandError
from cinecote.registry import ARTIFACT_FOLDER, CHAMPION, EXPERIMENT, SHA256_TAG, BrokenModel

if TYPE_CHECKING:
    from mlflow.entities.model_registry import ModelVersion

_CREDENTIALS = re.compile(r"//[^/@\s]+@")
"""A server's address may hold a password, and MLflow's messages hold the address."""

_ABSENT = ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE")
"""An alias that isn't set is called an invalid parameter."""

MODEL_TAG = "model"
"""Tag of a run: the model that it tried to make a version of."""

_NO_ANSWER = "failed with exception"
"""In MLflow's message where no server answered; what follows are five nested causes."""


@dataclass(frozen=True)
class Version:
    """A registered model: its number, the digest of its graph, the run that made it, where its files are."""

    number: str
    sha256: str
    run: str
    source: str


class Registry:
    """The versions of one model on an MLflow server, or in a SQLite file of MLflow's with `mlartifacts` beside it."""

    def __init__(self, uri: str, model: str) -> None:
        self._uri = uri
        self.model = model
        with _answering():
            from mlflow import MlflowClient

            location = _artifacts_beside(uri)
            self._client: MlflowClient = MlflowClient(uri, uri)
            known = self._client.get_experiment_by_name(EXPERIMENT)
            self._experiment: str = (
                known.experiment_id if known else self._client.create_experiment(EXPERIMENT, location)
            )

    def bury_killed_runs(self) -> int:
        """Mark runs that a killed training left behind; how many. Only for the holder of the training lock."""
        with _answering():
            left = self._client.search_runs([self._experiment], "attributes.status = 'RUNNING'")
            for run in left:
                self._client.set_terminated(run.info.run_id, "KILLED")
        return len(left)

    @contextmanager
    def run(self, name: str, parent: str | None = None) -> Iterator[str]:
        """A run's id for the time of the block; with `parent`, a run that MLflow shows below that one.

        It ends as FINISHED, FAILED where the block raises, KILLED where it is interrupted.
        """
        with _answering():
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
        with _answering():
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
        with _answering():
            self._client.log_artifacts(run, str(folder), below)

    def register(self, run: str, sha256: str) -> Version:
        """A new version: the model in the run's artifacts."""
        from mlflow.exceptions import MlflowException

        with _answering():
            try:
                self._client.create_registered_model(self.model)
            except MlflowException as error:
                if error.error_code != "RESOURCE_ALREADY_EXISTS":
                    raise
            source = f"{self._client.get_run(run).info.artifact_uri}/{ARTIFACT_FOLDER}"
            tags = {SHA256_TAG: sha256}
            return _version(self._client.create_model_version(self.model, source, run_id=run, tags=tags))

    def versions(self, sha256: str) -> Iterator[Version]:
        """The versions with this graph."""
        token: str | None = None
        while True:
            with _answering():
                page = self._client.search_model_versions(f"name = '{self.model}'", page_token=token)
            yield from (version for version in map(_version, page) if version.sha256 == sha256)
            token = page.token
            if not token:
                return

    def champion(self) -> Version | None:
        """The version that is being served."""
        return _if_there(lambda: self._client.get_model_version_by_alias(self.model, CHAMPION))

    def version(self, number: str) -> Version | None:
        """The version of this number."""
        return _if_there(lambda: self._client.get_model_version(self.model, number))

    def make_champion(self, version: Version) -> None:
        with _answering():
            self._client.set_registered_model_alias(self.model, CHAMPION, version.number)

    def download(self, version: Version, folder: Path) -> Path:
        """Copy a version's files into `folder`; where they are. BrokenModel where it has none any more."""
        with _answering():
            from mlflow.artifacts import download_artifacts

            # A server answers a missing file and a fault of its own alike; a listing tells them apart.
            if not self._has_files(version):
                raise BrokenModel("its files are gone")
            return Path(download_artifacts(artifact_uri=version.source, dst_path=str(folder), tracking_uri=self._uri))

    def _has_files(self, version: Version) -> bool:
        from mlflow.exceptions import MlflowException

        try:
            return bool(self._client.list_artifacts(version.run, ARTIFACT_FOLDER))
        except MlflowException as error:
            if error.error_code == "RESOURCE_DOES_NOT_EXIST":
                return False
            raise

    def _end(self, run: str, status: str) -> None:
        with _answering():
            self._client.set_terminated(run, status)


def _if_there(ask: Callable[[], "ModelVersion"]) -> Version | None:
    from mlflow.exceptions import MlflowException

    with _answering():
        try:
            return _version(ask())
        except MlflowException as error:
            if error.error_code in _ABSENT:
                return None
            raise


def _version(found: "ModelVersion") -> Version:
    return Version(str(found.version), found.tags.get(SHA256_TAG, ""), found.run_id or "", found.source or "")


def _artifacts_beside(uri: str) -> str | None:
    """Where a laptop's artifacts go; a server knows its own place."""
    if not uri.startswith("sqlite:"):
        return None
    database = Path(make_url(uri).database or "").absolute()
    database.parent.mkdir(parents=True, exist_ok=True)
    return (database.parent / "mlartifacts").as_uri()


@contextmanager
def _answering() -> Iterator[None]:
    """Turn what MLflow raises into one line, and keep its warnings about its own insides from people."""
    from mlflow.exceptions import MlflowException

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (MlflowException, SQLAlchemyError, OSError) as error:
        raise CommandError(_in_one_line(error)) from None


def _in_one_line(error: Exception) -> str:
    said = _CREDENTIALS.sub("//", next(iter(str(error).splitlines()), type(error).__name__))
    asked, no_answer, _ = said.partition(_NO_ANSWER)
    if no_answer:
        return f"the model registry doesn't answer ({asked.strip()})"
    return f"the model registry doesn't do its part: {said}"
