"""What an MLflow server's answers say."""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx2

from cinecote.registry import SHA256_TAG
from cinecote_api.registry.registry import RegisteredVersion, RegistryAway


@contextmanager
def reported() -> Iterator[None]:
    """Have whatever goes wrong in the block come out as RegistryAway."""
    try:
        yield
    except httpx2.HTTPStatusError as error:
        raise RegistryAway(f"the registry answers {error.response.status_code}") from None
    except httpx2.HTTPError as error:
        raise RegistryAway(f"the registry doesn't answer: {type(error).__name__}") from None
    except (KeyError, TypeError, AttributeError, ValueError):
        raise RegistryAway("the registry's answer is not MLflow's") from None


def is_absent(answer: httpx2.Response) -> bool:
    """Whether the server says that it has no such thing."""
    # Without an alias some servers answer 400 (INVALID_PARAMETER_VALUE), without the model 404.
    if answer.status_code not in (400, 404):
        return False
    code = answer.json().get("error_code")
    return code in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE")


def read_version(said: Any) -> RegisteredVersion:
    return RegisteredVersion(str(said["version"]), read_tags(said).get(SHA256_TAG), said["source"])


def read_tags(said: Mapping[str, Any]) -> dict[str, str]:
    return {tag["key"]: tag["value"] for tag in said.get("tags", ())}


def read_metrics(run: Mapping[str, Any]) -> dict[str, float]:
    """A run's figures, those that are finite."""
    told = {metric["key"]: float(metric["value"]) for metric in run["data"].get("metrics", ())}
    return {name: value for name, value in told.items() if math.isfinite(value)}
