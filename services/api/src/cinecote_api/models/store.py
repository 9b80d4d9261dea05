"""Models on disk: one folder a version, and which one was served last."""

import shutil
import tempfile
import time
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from cinecote.exits import CommandError
from cinecote.registry import GRAPH_FILE, MANIFEST_FILE, MODEL_NAME, SIGNATURE_FILE, Manifest
from cinecote_api.models.served_model import RefusedModel, ServedModel, check_signature, load_model
from cinecote_api.registry.registry import NoArtifact, RegisteredVersion, Registry

_POINTER = "current"
_KEPT_VERSIONS = 2
_ARRIVING = ".arriving-"
_SECONDS_TO_ARRIVE = 3600


class ModelStore:
    """The versions of the model `name` in `folder`, each whole or not there; none is trusted before it is verified."""

    def __init__(self, folder: Path, verify_keys: str | None = None, name: str = MODEL_NAME) -> None:
        self._folder = folder
        self._name = name
        self._verify_keys = verify_keys

    def prepare(self) -> None:
        """Make the folder, and clear what killed downloads left; CommandError where it can't be written to."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=self._folder).close()
        except OSError as error:
            raise CommandError(f"models can't be kept in {self._folder}: {error.strerror}") from None
        for abandoned in self._folder.glob(f"{_ARRIVING}*"):
            if time.time() - abandoned.stat().st_mtime > _SECONDS_TO_ARRIVE:
                shutil.rmtree(abandoned, ignore_errors=True)

    def last_served(self) -> ServedModel | None:
        """The model that was served last, on this or an earlier start; RefusedModel where it is no longer right."""
        version = self._remembered()
        if version is None:
            return None
        return load_model(self._folder / _named(version), version, self._verify_keys, self._name)

    def take(self, wanted: RegisteredVersion, registry: Registry) -> ServedModel:
        """The version, from disk where it is there already; RefusedModel where it must not be served.

        RegistryAway and OSError tell of a download that may yet work out.
        """
        model = self._kept(wanted) or self._downloaded(wanted, registry)
        # Not only where a champion is remembered: challengers, and what is found too slow, come without one.
        self._drop_old({model.version, self._remembered()})
        return model

    def remember(self, model: ServedModel, beside: str | None = None) -> None:
        """Make `model` the one that the next start begins with, and drop versions long out of use but for `beside`."""
        with tempfile.NamedTemporaryFile("w", dir=self._folder, prefix=".pointer-", delete=False) as pointer:
            pointer.write(f"{model.version}\n")
        Path(pointer.name).replace(self._folder / _POINTER)
        self._drop_old({model.version, beside})

    def _remembered(self) -> str | None:
        try:
            return (self._folder / _POINTER).read_bytes().decode("ascii", "replace").strip()
        except FileNotFoundError:
            return None

    def _drop_old(self, needed: Collection[str | None]) -> None:
        for old in self._versions()[:-_KEPT_VERSIONS]:
            if old.name not in needed:
                shutil.rmtree(old, ignore_errors=True)

    def _kept(self, wanted: RegisteredVersion) -> ServedModel | None:
        folder = self._folder / _named(wanted.version)
        # Without the registry's digest nothing tells a version from its namesake in a registry that was begun anew.
        if wanted.sha256 is None or not folder.is_dir():
            return None
        try:
            model = load_model(folder, wanted.version, self._verify_keys, self._name)
        except RefusedModel:
            return None
        return model if model.manifest.sha256 == wanted.sha256 else None

    def _downloaded(self, wanted: RegisteredVersion, registry: Registry) -> ServedModel:
        target = self._folder / _named(wanted.version)
        arriving = Path(tempfile.mkdtemp(dir=self._folder, prefix=_ARRIVING))
        try:
            self._download(wanted, registry, arriving)
            model = load_model(arriving, wanted.version, self._verify_keys, self._name)
            if wanted.sha256 not in (None, model.manifest.sha256):
                raise RefusedModel("files", "the graph is not the one that was registered")
            self._install(arriving, target)
        finally:
            shutil.rmtree(arriving, ignore_errors=True)
        return model

    def _download(self, wanted: RegisteredVersion, registry: Registry, folder: Path) -> None:
        try:
            registry.download(wanted, MANIFEST_FILE, folder / MANIFEST_FILE)
            if self._verify_keys is not None:
                with suppress(NoArtifact):
                    registry.download(wanted, SIGNATURE_FILE, folder / SIGNATURE_FILE)
                # Before anything that an unsigned manifest names is fetched.
                check_signature(folder, self._verify_keys)
            for name in _listed(folder / MANIFEST_FILE):
                registry.download(wanted, name, folder / name)
        except NoArtifact as fault:
            raise RefusedModel("artifacts", str(fault)) from None

    def _install(self, arrived: Path, target: Path) -> None:
        if target.exists():
            replaced = tempfile.mkdtemp(dir=self._folder, prefix=_ARRIVING)
            target.replace(replaced)
            shutil.rmtree(replaced, ignore_errors=True)
        arrived.chmod(0o755)
        arrived.rename(target)

    def _versions(self) -> list[Path]:
        """The folders of versions, the one installed last at the end."""
        folders = [entry for entry in self._folder.iterdir() if entry.is_dir() and entry.name.isdecimal()]
        return sorted(folders, key=lambda folder: folder.stat().st_mtime_ns)


def _named(version: str) -> str:
    """`version` as a folder's name, which MLflow's numbers are."""
    if not (version.isascii() and version.isdecimal()):
        raise RefusedModel("manifest", "the version is no number")
    return version


def _listed(manifest: Path) -> list[str]:
    """The files that a manifest names within its folder; what else is wrong with it shows when it is loaded."""
    try:
        names = Manifest.model_validate_json(manifest.read_bytes()).files
    except ValidationError:
        return []
    return sorted({GRAPH_FILE, *(name for name in names if Path(name).name == name)})
