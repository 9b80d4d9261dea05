"""An MLflow server, asked over its REST interface."""

import logging
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2

from cinecote.registry import EXPERIMENT, MODEL_NAME, SHA256_TAG
from cinecote_api.registry.mlflow_answers import is_absent, read_metrics, read_tags, read_version, reported
from cinecote_api.registry.registry import (
    LARGEST_FILE,
    MOST_VERSIONS,
    ListedVersion,
    NoArtifact,
    NoModel,
    RegisteredVersion,
    RegistryAway,
)

_SECONDS_TO_ANSWER = 5.0
_SECONDS_TO_DOWNLOAD = 120.0
_ROOT = "/api/2.0/mlflow"


class HttpRegistry:
    """The versions of `model` on the MLflow server at `uri` (see Registry)."""

    def __init__(self, uri: str, username: str | None, password: str | None, model: str = MODEL_NAME) -> None:
        self._name = model
        # The client logs every request with its address, which may hold a password, and we ask every two seconds.
        logging.getLogger("httpx2").setLevel(logging.WARNING)
        auth = httpx2.BasicAuth(username, password or "") if username else None
        # Asked every two seconds, a connection never gets old: one that led elsewhere while the server's Service had no
        # pod would go on leading there.
        anew = httpx2.Limits(max_keepalive_connections=0)
        self._client = httpx2.Client(base_url=uri.rstrip("/"), auth=auth, timeout=_SECONDS_TO_ANSWER, limits=anew)

    def named(self, alias: str) -> RegisteredVersion | None:
        with reported():
            said = self._get("registered-models/alias", name=self._name, alias=alias)
            return read_version(said["model_version"]) if said is not None else None

    def version(self, number: str) -> RegisteredVersion | None:
        with reported():
            said = self._get("model-versions/get", name=self._name, version=number)
            return read_version(said["model_version"]) if said is not None else None

    def versions(self) -> list[ListedVersion]:
        with reported():
            named = self._model().get("aliases", ())
            wanted = {
                "filter": f"name = '{self._name}'",
                "max_results": str(MOST_VERSIONS),
                "order_by": "version_number DESC",
            }
            found = (self._get("model-versions/search", **wanted) or {}).get("model_versions", ())
            figures = self._figures([version["run_id"] for version in found if version.get("run_id")])
            return [
                ListedVersion(
                    str(version["version"]),
                    datetime.fromtimestamp(int(version["creation_timestamp"]) / 1000, UTC),
                    read_tags(version).get(SHA256_TAG),
                    sorted(alias["alias"] for alias in named if str(alias["version"]) == str(version["version"])),
                    figures.get(version.get("run_id", ""), {}),
                )
                for version in found
            ]

    def point(self, alias: str, version: str) -> None:
        with reported():
            self._post("registered-models/alias", name=self._name, alias=alias, version=version)

    def tag(self, key: str) -> str | None:
        with reported():
            return read_tags(self._model()).get(key)

    def set_tag(self, key: str, value: str) -> None:
        with reported():
            if not self._model():
                raise NoModel
            self._post("registered-models/set-tag", name=self._name, key=key, value=value)

    def download(self, wanted: RegisteredVersion, name: str, target: Path) -> None:
        place = {"name": self._name, "version": wanted.version, "path": name}
        with reported(), self._client.stream("GET", "/model-versions/get-artifact", params=place) as answer:
            if answer.status_code in (400, 404):
                raise NoArtifact(f"{name} is not among the version's artifacts")
            answer.raise_for_status()
            _save(answer, name, target)

    def close(self) -> None:
        self._client.close()

    def _model(self) -> Mapping[str, Any]:
        """The registered model with its aliases and tags; empty where there is none."""
        said = self._get("registered-models/get", name=self._name)
        return said["registered_model"] if said is not None else {}

    def _figures(self, runs: list[str]) -> dict[str, dict[str, float]]:
        experiment = self._get("experiments/get-by-name", experiment_name=EXPERIMENT) if runs else None
        if experiment is None:
            return {}
        quoted = ", ".join(f"'{run}'" for run in runs)
        said = self._post(
            "runs/search",
            experiment_ids=[experiment["experiment"]["experiment_id"]],
            filter=f"attributes.run_id IN ({quoted})",
            max_results=MOST_VERSIONS,
        )
        return {run["info"]["run_id"]: read_metrics(run) for run in said.get("runs", ())}

    def _get(self, call: str, **asked: str) -> Any:
        """What the server answers; None where it says that there is no such thing."""
        answer = self._client.get(f"{_ROOT}/{call}", params=asked)
        if is_absent(answer):
            return None
        answer.raise_for_status()
        return answer.json()

    def _post(self, call: str, **said: Any) -> Any:
        answer = self._client.post(f"{_ROOT}/{call}", json=said)
        answer.raise_for_status()
        return answer.json()


def _save(answer: httpx2.Response, name: str, target: Path) -> None:
    deadline = time.monotonic() + _SECONDS_TO_DOWNLOAD
    size = 0
    with target.open("wb") as file:
        for chunk in answer.iter_bytes():
            size += len(chunk)
            if size > LARGEST_FILE:
                raise NoArtifact(f"{name} is too large")
            if time.monotonic() > deadline:
                raise RegistryAway(f"{name} takes too long to arrive")
            file.write(chunk)
