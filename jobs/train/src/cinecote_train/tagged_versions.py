"""The versions of a model and its champion, on an MLflow server without a registry: in tags of runs and experiment."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cinecote.registry import ARTIFACT_FOLDER, CHAMPION_TAG, MODEL_TAG, SHA256_TAG, VERSION_TAG
from cinecote_train.mlflow_answers import answering
from cinecote_train.versions import Version

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run


class TaggedVersions:
    """Versions as tags of the runs that made them, the champion as a tag of their experiment (see Versions)."""

    def __init__(self, client: "MlflowClient", experiment: str, model: str) -> None:
        self._client = client
        self._experiment = experiment
        self._model = model

    def register(self, run: str, sha256: str, source: str, card: str) -> Version:  # noqa: ARG002 (the run shows it)
        # The promotion lock is held: nobody else counts meanwhile.
        number = str(1 + max((int(version.number) for version in self.all()), default=0))
        with answering():
            from mlflow.entities import RunTag

            # In one request, so that a run is a version with its digest or none at all.
            self._client.log_batch(run, tags=[RunTag(VERSION_TAG, number), RunTag(SHA256_TAG, sha256)])
        return Version(number, sha256, run, source)

    def all(self) -> Iterator[Version]:
        token: str | None = None
        while True:
            with answering():
                page = self._client.search_runs(
                    [self._experiment], f"tags.`{MODEL_TAG}` = '{self._model}'", page_token=token
                )
            yield from (_version(run) for run in page if VERSION_TAG in run.data.tags)
            token = page.token
            if not token:
                return

    def version(self, number: str) -> Version | None:
        return next((version for version in self.all() if version.number == number), None)

    def champion(self) -> Version | None:
        with answering():
            number = self._client.get_experiment(self._experiment).tags.get(CHAMPION_TAG + self._model)
        return self.version(number) if number else None

    def make_champion(self, version: Version) -> None:
        with answering():
            self._client.set_experiment_tag(self._experiment, CHAMPION_TAG + self._model, version.number)


def _version(run: "Run") -> Version:
    tags = run.data.tags
    source = f"{run.info.artifact_uri}/{ARTIFACT_FOLDER}"
    return Version(tags[VERSION_TAG], tags.get(SHA256_TAG, ""), run.info.run_id, source)
