"""An MLflow server, asked over its REST interface."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2

from cinecote.registry import CHAMPION, MODEL_NAME, SHA256_TAG
from cinecote_api.registry import LARGEST_FILE, Champion, NoArtifact, RegistryAway

_SECONDS_TO_ANSWER = 5.0
_SECONDS_TO_DOWNLOAD = 120.0


class HttpRegistry:
    """The registry of the MLflow server at `uri` (see Registry)."""

    def __init__(self, uri: str, username: str | None, password: str | None) -> None:
        # The client logs every request with its address, which may hold a password, and we ask every two seconds.
        logging.getLogger("httpx2").setLevel(logging.WARNING)
        auth = httpx2.BasicAuth(username, password or "") if username else None
        self._client = httpx2.Client(base_url=uri.rstrip("/"), auth=auth, timeout=_SECONDS_TO_ANSWER)

    def champion(self) -> Champion | None:
        with _reported():
            answer = self._client.get(
                "/api/2.0/mlflow/registered-models/alias", params={"name": MODEL_NAME, "alias": CHAMPION}
            )
            if _is_absent(answer):
                return None
            answer.raise_for_status()
            said = answer.json()
        return _champion(said)

    def download(self, champion: Champion, name: str, target: Path) -> None:
        wanted = {"name": MODEL_NAME, "version": champion.version, "path": name}
        with _reported(), self._client.stream("GET", "/model-versions/get-artifact", params=wanted) as answer:
            if answer.status_code in (400, 404):
                raise NoArtifact(f"{name} is not among the version's artifacts")
            answer.raise_for_status()
            _save(answer, name, target)

    def close(self) -> None:
        self._client.close()


@contextmanager
def _reported() -> Iterator[None]:
    try:
        yield
    except httpx2.HTTPStatusError as error:
        raise RegistryAway(f"the registry answers {error.response.status_code}") from None
    except (httpx2.HTTPError, ValueError) as error:
        raise RegistryAway(f"the registry doesn't answer: {type(error).__name__}") from None


def _is_absent(answer: httpx2.Response) -> bool:
    # Without an alias some servers answer 400 (INVALID_PARAMETER_VALUE), without the model 404.
    if answer.status_code not in (400, 404):
        return False
    code = answer.json().get("error_code")
    return code in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE")


def _champion(said: Any) -> Champion:
    try:
        version = said["model_version"]
        tags = {tag["key"]: tag["value"] for tag in version.get("tags", ())}
        return Champion(str(version["version"]), tags.get(SHA256_TAG), version["source"])
    except (KeyError, TypeError, AttributeError):
        raise RegistryAway("the registry's answer is not MLflow's") from None


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
