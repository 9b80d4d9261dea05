"""MLflow's own SQLite file, read as MLflow lays it out; artifacts lie in folders of this machine."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote, urlsplit

from cinecote.registry import CHAMPION, MODEL_NAME, SHA256_TAG
from cinecote_api.registry import LARGEST_FILE, Champion, NoArtifact, RegistryAway

_SECONDS_TO_ANSWER = 5
_CHAMPION = """
    SELECT version.version, tag.value, coalesce(version.storage_location, version.source)
    FROM registered_model_aliases AS alias
    JOIN model_versions AS version ON version.name = alias.name AND version.version = alias.version
    LEFT JOIN model_version_tags AS tag
      ON tag.name = version.name AND tag.version = version.version AND tag.key = ?
    WHERE alias.name = ? AND alias.alias = ?
"""


class SqliteRegistry:
    """The registry in the file that a `sqlite:///path` names (see Registry)."""

    def __init__(self, uri: str) -> None:
        self._path = Path(uri.removeprefix("sqlite:///"))

    def champion(self) -> Champion | None:
        if not self._path.exists():
            return None
        try:
            row = self._read()
        except sqlite3.Error as error:
            if "no such table" in str(error):
                return None
            raise RegistryAway(f"the registry's file can't be read: {error}") from None
        if row is None:
            return None
        version, sha256, source = row
        return Champion(str(version), sha256, source or "")

    def download(self, champion: Champion, name: str, target: Path) -> None:
        place = urlsplit(champion.source)
        if place.scheme not in ("", "file"):
            raise NoArtifact(f"artifacts behind {place.scheme}: are not on this machine")
        path = Path(unquote(place.path) if place.scheme else champion.source) / name
        try:
            if path.stat().st_size > LARGEST_FILE:
                raise NoArtifact(f"{name} is too large")
            shutil.copyfile(path, target)
        except FileNotFoundError:
            raise NoArtifact(f"{name} is not among the version's artifacts") from None

    def close(self) -> None:
        """Nothing stays open between two readings."""

    def _read(self) -> tuple[int, str | None, str | None] | None:
        # Read-only, so that waiting for the first training never leaves an empty file in MLflow's way.
        address = f"{self._path.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=_SECONDS_TO_ANSWER)) as connection:
            row: tuple[int, str | None, str | None] | None = connection.execute(
                _CHAMPION, (SHA256_TAG, MODEL_NAME, CHAMPION)
            ).fetchone()
            return row
