"""The versions of a model and its champion, in MLflow's registry."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from cinecote.registry import CHAMPION, SHA256_TAG
from cinecote_train.mlflow_answers import ABSENT, answering

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities.model_registry import ModelVersion


_LONGEST_CARD = 5_000
"""Characters of a version's description in MLflow's tables."""


@dataclass(frozen=True)
class Version:
    """A registered model: its number, the digest of its graph, the run that made it, where its files are."""

    number: str
    sha256: str
    run: str
    source: str


class Versions(Protocol):
    """Where the versions of one model are kept; CommandError where that fails."""

    def register(self, run: str, sha256: str, source: str, card: str) -> Version:
        """A new version: the model whose files are at `source`, and what a person reads of it."""

    def all(self) -> Iterator[Version]:
        """Every version."""

    def version(self, number: str) -> Version | None:
        """The version of this number."""

    def champion(self) -> Version | None:
        """The version that is being served."""

    def make_champion(self, version: Version) -> None:
        """Have this version served from now on, in one step."""


class RegisteredVersions:
    """Versions in MLflow's registry, the champion by its alias (see Versions)."""

    def __init__(self, client: "MlflowClient", model: str) -> None:
        self._client = client
        self._model = model

    def register(self, run: str, sha256: str, source: str, card: str) -> Version:
        from mlflow.exceptions import MlflowException

        with answering():
            try:
                self._client.create_registered_model(self._model)
            except MlflowException as error:
                if error.error_code != "RESOURCE_ALREADY_EXISTS":
                    raise
            tags = {SHA256_TAG: sha256}
            # Longer ones are refused.
            told = card[:_LONGEST_CARD]
            made = self._client.create_model_version(self._model, source, run_id=run, tags=tags, description=told)
            return _version(made)

    def all(self) -> Iterator[Version]:
        token: str | None = None
        while True:
            with answering():
                page = self._client.search_model_versions(f"name = '{self._model}'", page_token=token)
            yield from map(_version, page)
            token = page.token
            if not token:
                return

    def version(self, number: str) -> Version | None:
        return _if_there(lambda: self._client.get_model_version(self._model, number))

    def champion(self) -> Version | None:
        return _if_there(lambda: self._client.get_model_version_by_alias(self._model, CHAMPION))

    def make_champion(self, version: Version) -> None:
        with answering():
            self._client.set_registered_model_alias(self._model, CHAMPION, version.number)


def _if_there(ask: Callable[[], "ModelVersion"]) -> Version | None:
    from mlflow.exceptions import MlflowException

    with answering():
        try:
            return _version(ask())
        except MlflowException as error:
            if error.error_code in ABSENT:
                return None
            raise


def _version(found: "ModelVersion") -> Version:
    return Version(str(found.version), found.tags.get(SHA256_TAG, ""), found.run_id or "", found.source or "")
