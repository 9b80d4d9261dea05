"""A version's files as the registry has them, checked."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from cinecote.registry import GRAPH_FILE, MANIFEST_FILE, SIGNATURE_FILE, Manifest, read_manifest
from cinecote.signature import is_signed, public_key
from cinecote_train.serving import ServedGraph
from cinecote_train.tracking import Registry
from cinecote_train.versions import Version


@dataclass(frozen=True)
class StoredModel:
    """A version's model, found whole; `signed` where it is by our own key."""

    manifest: Manifest
    graph: ServedGraph
    signed: bool


def read_stored(registry: Registry, version: Version, key: str | None) -> StoredModel:
    """The version's model; BrokenModel where it can't be served."""
    with TemporaryDirectory() as folder:
        files = registry.download(version, Path(folder))
        manifest, graph = read_manifest(files), ServedGraph((files / GRAPH_FILE).read_bytes())
        return StoredModel(manifest, graph, bool(key and _is_signed_with(key, files)))


def _is_signed_with(key: str, folder: Path) -> bool:
    signature = folder / SIGNATURE_FILE
    content = (folder / MANIFEST_FILE).read_bytes()
    return signature.is_file() and is_signed(content, signature.read_bytes(), public_key(key))
