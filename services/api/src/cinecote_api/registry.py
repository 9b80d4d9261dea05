"""The registry of models, as far as the API needs it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from cinecote.exits import UsageError
from cinecote.settings import RegistrySettings

LARGEST_FILE = 512 * 1024 * 1024
"""Bytes: no file of a model is larger."""


class RegistryAway(Exception):
    """The registry doesn't answer; the message is for the log."""


class NoArtifact(Exception):
    """The registry has no such file of the version, or one larger than LARGEST_FILE."""


@dataclass(frozen=True, slots=True)
class Champion:
    """The version that the alias names; `sha256` is its graph's, where the registry says so."""

    version: str
    sha256: str | None
    source: str


class Registry(Protocol):
    """Where champions are named and fetched; every method may wait for I/O and raise RegistryAway."""

    def champion(self) -> Champion | None:
        """The present champion; None while there is no registry, no model or no alias."""

    def download(self, champion: Champion, name: str, target: Path) -> None:
        """Write the file `name` of the version to `target`; NoArtifact where there is no such file."""

    def close(self) -> None:
        """Let go of connections."""


def open_registry(settings: RegistrySettings) -> Registry:
    """The registry at MLFLOW_TRACKING_URI; nothing is opened yet. UsageError where it is of no kind known here."""
    uri = settings.tracking_uri.get_secret_value()
    scheme = urlsplit(uri).scheme
    if scheme == "sqlite":
        from cinecote_api.registry_sqlite import SqliteRegistry

        return SqliteRegistry(uri)
    if scheme in ("http", "https"):
        # Its HTTP client is loaded only where there is a server to ask.
        from cinecote_api.registry_http import HttpRegistry

        password = settings.tracking_password
        return HttpRegistry(uri, settings.tracking_username, password.get_secret_value() if password else None)
    raise UsageError("MLFLOW_TRACKING_URI: use sqlite:///path or the address of an MLflow server")
