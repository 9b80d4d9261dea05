"""The registry of models, as far as the API needs it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from cinecote.exits import UsageError
from cinecote.registry import MODEL_NAME
from cinecote.settings import RegistrySettings

LARGEST_FILE = 512 * 1024 * 1024
"""Bytes: no file of a model is larger."""

MOST_VERSIONS = 100
"""So many versions are listed, the newest."""


class RegistryAway(Exception):
    """The registry doesn't answer; the message is for the log."""


class NoArtifact(Exception):
    """The registry has no such file of the version, or one larger than LARGEST_FILE."""


class NoModel(Exception):
    """Nothing has been registered yet."""


class NoChampion(Exception):
    """The registry names no champion, or has none of those before it any more; the message says which."""


@dataclass(frozen=True, slots=True)
class RegisteredVersion:
    """A version and where its files are; `sha256` is its graph's, where the registry says so."""

    version: str
    sha256: str | None
    source: str


@dataclass(frozen=True, slots=True)
class ListedVersion:
    """What is told of a version: its aliases, and the figures of the run that made it."""

    version: str
    created_at: datetime
    sha256: str | None
    aliases: list[str] = field(default_factory=list)
    metrics: Mapping[str, float] = field(default_factory=dict)


class Registry(Protocol):
    """Where one model's versions are named and fetched; every method may wait for I/O and raise RegistryAway."""

    def named(self, alias: str) -> RegisteredVersion | None:
        """The version that the alias names; None while there is no registry, no model or no such alias."""

    def version(self, number: str) -> RegisteredVersion | None:
        """The version of this number; None where there is none (any more)."""

    def versions(self) -> list[ListedVersion]:
        """The newest versions, the newest first."""

    def point(self, alias: str, version: str) -> None:
        """Have the alias name this version from now on."""

    def tag(self, key: str) -> str | None:
        """The registered model's tag; None where there is none."""

    def set_tag(self, key: str, value: str) -> None:
        """Set the registered model's tag; NoModel where there is no registered model."""

    def download(self, wanted: RegisteredVersion, name: str, target: Path) -> None:
        """Write the file `name` of the version to `target`; NoArtifact where there is no such file."""

    def close(self) -> None:
        """Let go of connections."""


def open_registry(settings: RegistrySettings, model: str = MODEL_NAME) -> Registry:
    """The registry of `model` at MLFLOW_TRACKING_URI, not yet opened; UsageError where it is of no kind known here."""
    uri = settings.tracking_uri.get_secret_value()
    scheme = urlsplit(uri).scheme
    if scheme == "sqlite":
        from cinecote_api.registry.sqlite import SqliteRegistry

        return SqliteRegistry(uri, model)
    if scheme in ("http", "https"):
        # Its HTTP client is loaded only where there is a server to ask.
        from cinecote_api.registry.http import HttpRegistry

        password = settings.tracking_password
        return HttpRegistry(uri, settings.tracking_username, password.get_secret_value() if password else None, model)
    raise UsageError("MLFLOW_TRACKING_URI: use sqlite:///path or the address of an MLflow server")
