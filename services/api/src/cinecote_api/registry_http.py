"""An MLflow server, asked over its REST interface."""

import logging
import math
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2

from cinecote.registry import EXPERIMENT, MODEL_NAME, SHA256_TAG
from cinecote_api.registry import (
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
    """The registry of the MLflow server at `uri` (see Registry)."""

    def __init__(self, uri: str, username: str | None, password: str | None) -> None:
        # The client logs every request with its address, which may hold a password, and we ask every two seconds.
        logging.getLogger("httpx2").setLevel(logging.WARNING)
        auth = httpx2.BasicAuth(username, password or "") if username else None
        self._client = httpx2.Client(base_url=uri.rstrip("/"), auth=auth, timeout=_SECONDS_TO_ANSWER)

    def named(self, alias: str) -> RegisteredVersion | None:
        with _reported():
            said = self._get("registered-models/alias", name=MODEL_NAME, alias=alias)
            return _version(said["model_version"]) if said is not None else None

    def version(self, number: str) -> RegisteredVersion | None:
        with _reported():
            said = self._get("model-versions/get", name=MODEL_NAME, version=number)
            return _version(said["model_version"]) if said is not None else None

    def versions(self) -> list[ListedVersion]:
        with _reported():
            named = self._model().get("aliases", ())
            wanted = {
                "filter": f"name = '{MODEL_NAME}'",
                "max_results": str(MOST_VERSIONS),
                "order_by": "version_number DESC",
            }
            found = (self._get("model-versions/search", **wanted) or {}).get("model_versions", ())
            figures = self._figures([version["run_id"] for version in found if version.get("run_id")])
            return [
                ListedVersion(
                    str(version["version"]),
                    datetime.fromtimestamp(int(version["creation_timestamp"]) / 1000, UTC),
                    _tags(version).get(SHA256_TAG),
                    sorted(alias["alias"] for alias in named if str(alias["version"]) == str(version["version"])),
                    figures.get(version.get("run_id", ""), {}),
                )
                for version in found
            ]

    def point(self, alias: str, version: str) -> None:
        with _reported():
            self._post("registered-models/alias", name=MODEL_NAME, alias=alias, version=version)

    def tag(self, key: str) -> str | None:
        with _reported():
            return _tags(self._model()).get(key)

    def set_tag(self, key: str, value: str) -> None:
        with _reported():
            if not self._model():
                raise NoModel
            self._post("registered-models/set-tag", name=MODEL_NAME, key=key, value=value)

    def download(self, wanted: RegisteredVersion, name: str, target: Path) -> None:
        place = {"name": MODEL_NAME, "version": wanted.version, "path": name}
        with _reported(), self._client.stream("GET", "/model-versions/get-artifact", params=place) as answer:
            if answer.status_code in (400, 404):
                raise NoArtifact(f"{name} is not among the version's artifacts")
            answer.raise_for_status()
            _save(answer, name, target)

    def close(self) -> None:
        self._client.close()

    def _model(self) -> Mapping[str, Any]:
        """The registered model with its aliases and tags; empty where there is none."""
        said = self._get("registered-models/get", name=MODEL_NAME)
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
        return {run["info"]["run_id"]: _metrics(run) for run in said.get("runs", ())}

    def _get(self, call: str, **asked: str) -> Any:
        """What the server answers; None where it says that there is no such thing."""
        answer = self._client.get(f"{_ROOT}/{call}", params=asked)
        if _is_absent(answer):
            return None
        answer.raise_for_status()
        return answer.json()

    def _post(self, call: str, **said: Any) -> Any:
        answer = self._client.post(f"{_ROOT}/{call}", json=said)
        answer.raise_for_status()
        return answer.json()


@contextmanager
def _reported() -> Iterator[None]:
    try:
        yield
    except httpx2.HTTPStatusError as error:
        raise RegistryAway(f"the registry answers {error.response.status_code}") from None
    except httpx2.HTTPError as error:
        raise RegistryAway(f"the registry doesn't answer: {type(error).__name__}") from None
    except (KeyError, TypeError, AttributeError, ValueError):
        raise RegistryAway("the registry's answer is not MLflow's") from None


def _is_absent(answer: httpx2.Response) -> bool:
    # Without an alias some servers answer 400 (INVALID_PARAMETER_VALUE), without the model 404.
    if answer.status_code not in (400, 404):
        return False
    code = answer.json().get("error_code")
    return code in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE")


def _version(said: Any) -> RegisteredVersion:
    return RegisteredVersion(str(said["version"]), _tags(said).get(SHA256_TAG), said["source"])


def _tags(said: Mapping[str, Any]) -> dict[str, str]:
    return {tag["key"]: tag["value"] for tag in said.get("tags", ())}


def _metrics(run: Mapping[str, Any]) -> dict[str, float]:
    told = {metric["key"]: float(metric["value"]) for metric in run["data"].get("metrics", ())}
    return {name: value for name, value in told.items() if math.isfinite(value)}


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
