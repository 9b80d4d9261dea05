"""MLflow's own SQLite file, as MLflow lays it out; artifacts lie in folders of this machine."""

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from cinecote.registry import MODEL_NAME
from cinecote_api.registry.registry import (
    LARGEST_FILE,
    MOST_VERSIONS,
    ListedVersion,
    NoArtifact,
    NoModel,
    RegisteredVersion,
    RegistryAway,
)

_SECONDS_TO_ANSWER = 5
# A version that MLflow calls deleted keeps its row.
_VERSIONS = """
    FROM model_versions AS version
    LEFT JOIN model_version_tags AS tag
      ON tag.name = version.name AND tag.version = version.version AND tag.key = 'sha256'
    WHERE version.name = :model AND coalesce(version.current_stage, '') <> 'Deleted_Internal'
"""
_ONE = f"SELECT version.version, tag.value, coalesce(version.storage_location, version.source) {_VERSIONS}"
_NUMBERED = f"{_ONE} AND version.version = :number"
_OF_ALIAS = "SELECT version FROM registered_model_aliases WHERE name = :model AND alias = :alias"
_NAMED = f"{_ONE} AND version.version = ({_OF_ALIAS})"
_LISTED = f"""
    SELECT version.version, version.creation_time, tag.value, version.run_id {_VERSIONS}
    ORDER BY version.version DESC LIMIT {MOST_VERSIONS}
"""
_ALIASES = "SELECT version, alias FROM registered_model_aliases WHERE name = :model ORDER BY alias"
_FIGURES = "SELECT key, value FROM latest_metrics WHERE run_uuid = :run AND NOT is_nan ORDER BY key"
_TAG = "SELECT value FROM registered_model_tags WHERE name = :model AND key = :key"
# Columns that aren't named keep what MLflow's tables give them: its only workspace.
_POINT = (
    "UPDATE registered_model_aliases SET version = :number WHERE name = :model AND alias = :alias",
    "INSERT INTO registered_model_aliases (name, alias, version) VALUES (:model, :alias, :number)",
)
_SET_TAG = (
    "UPDATE registered_model_tags SET value = :value WHERE name = :model AND key = :key",
    "INSERT INTO registered_model_tags (name, key, value) VALUES (:model, :key, :value)",
)

Row = tuple[Any, ...]


class SqliteRegistry:
    """The versions of `model` in the file that a `sqlite:///path` names (see Registry)."""

    def __init__(self, uri: str, model: str = MODEL_NAME) -> None:
        self._name = model
        self._path = Path(uri.removeprefix("sqlite:///"))

    def named(self, alias: str) -> RegisteredVersion | None:
        return _version(self._read(_NAMED, alias=alias))

    def version(self, number: str) -> RegisteredVersion | None:
        return _version(self._read(_NUMBERED, number=int(number))) if number.isdecimal() else None

    def versions(self) -> list[ListedVersion]:
        aliases = self._read(_ALIASES)
        return [
            ListedVersion(
                str(number),
                datetime.fromtimestamp(created / 1000, UTC),
                sha256,
                [alias for of, alias in aliases if of == number],
                dict(self._read(_FIGURES, run=run)),
            )
            for number, created, sha256, run in self._read(_LISTED)
        ]

    def point(self, alias: str, version: str) -> None:
        self._write(_POINT, alias=alias, number=int(version))

    def tag(self, key: str) -> str | None:
        return next((value for (value,) in self._read(_TAG, key=key)), None)

    def set_tag(self, key: str, value: str) -> None:
        if not self._read("SELECT 1 FROM registered_models WHERE name = :model"):
            raise NoModel
        self._write(_SET_TAG, key=key, value=value)

    def download(self, wanted: RegisteredVersion, name: str, target: Path) -> None:
        place = urlsplit(wanted.source)
        if place.scheme not in ("", "file"):
            raise NoArtifact(f"artifacts behind {place.scheme}: are not on this machine")
        path = Path(unquote(place.path) if place.scheme else wanted.source) / name
        try:
            if path.stat().st_size > LARGEST_FILE:
                raise NoArtifact(f"{name} is too large")
            shutil.copyfile(path, target)
        except FileNotFoundError:
            raise NoArtifact(f"{name} is not among the version's artifacts") from None

    def close(self) -> None:
        """Nothing stays open between two readings."""

    def _read(self, query: str, **values: object) -> list[Row]:
        """The rows; none where the file or its tables aren't there yet."""
        if not self._path.exists():
            return []
        try:
            with closing(self._connected("ro")) as connection:
                return connection.execute(query, {"model": self._name, **values}).fetchall()
        except sqlite3.Error as error:
            if "no such table" in str(error):
                return []
            raise RegistryAway(f"the registry's file can't be read: {error}") from None

    def _write(self, statements: tuple[str, str], **values: object) -> None:
        """Do the first statement or, where it changes nothing, the second."""
        update, insert = statements
        given = {"model": self._name, **values}
        try:
            with closing(self._connected("rw")) as connection, connection:
                connection.execute("BEGIN IMMEDIATE")
                if not connection.execute(update, given).rowcount:
                    connection.execute(insert, given)
        except sqlite3.Error as error:
            raise RegistryAway(f"the registry's file can't be written to: {error}") from None

    def _connected(self, mode: str) -> sqlite3.Connection:
        # Never made here, so that waiting for the first training leaves no empty file in MLflow's way.
        address = f"{self._path.absolute().as_uri()}?mode={mode}"
        return sqlite3.connect(address, uri=True, timeout=_SECONDS_TO_ANSWER, isolation_level=None)


def _version(rows: list[Row]) -> RegisteredVersion | None:
    for version, sha256, source in rows:
        return RegisteredVersion(str(version), sha256, source or "")
    return None
