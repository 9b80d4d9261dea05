"""Where a public key is set, only what its private key signed is served."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cinecote.registry import MANIFEST_FILE, SIGNATURE_FILE
from cinecote.signature import new_keys, sign
from cinecote_api.models.serving import Serving
from cinecote_api.models.store import ModelStore
from cinecote_api.models.watcher import RegistryWatcher
from cinecote_api.registry.sqlite import SqliteRegistry

MakeModel = Callable[..., Path]
PRIVATE, PUBLIC = new_keys()


class Replica:
    """A watcher with keys over a folder, whose looks the test takes one by one."""

    def __init__(self, folder: Path, registry: Any, verify_keys: str | None = PUBLIC) -> None:
        self.serving, store = Serving(), ModelStore(folder / "served", verify_keys)
        store.prepare()
        self.watcher = RegistryWatcher(SqliteRegistry(registry.uri), store, self.serving, poll_s=60)

    @property
    def version(self) -> str | None:
        return self.serving.champion.version if self.serving.champion else None


def signed(folder: Path, key: str = PRIVATE) -> Path:
    (folder / SIGNATURE_FILE).write_bytes(sign((folder / MANIFEST_FILE).read_bytes(), key))
    return folder


def _unsigned(folder: Path) -> None:
    (folder / SIGNATURE_FILE).unlink()


def _signed_by_another(folder: Path) -> None:
    signed(folder, new_keys()[0])


def _changed_since(folder: Path) -> None:
    with (folder / MANIFEST_FILE).open("a") as manifest:
        manifest.write("\n")


@pytest.mark.parametrize("damage", [_unsigned, _signed_by_another, _changed_since])
def test_a_champion_that_is_not_signed_is_refused_and_the_old_one_goes_on(
    registry: Any, make_model: MakeModel, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    replica = Replica(tmp_path, registry)
    registry.promote(signed(make_model(tmp_path / "v1", seed=1)), 1)
    replica.watcher.look()
    forged = signed(make_model(tmp_path / "v2", seed=2))
    damage(forged)
    registry.promote(forged, 2)

    replica.watcher.look()

    assert replica.version == "1"
    assert replica.serving.refused == {"signature": 1}
    assert replica.serving.refusals["champion"].version == "2"


def test_nothing_that_an_unsigned_manifest_names_is_fetched(
    registry: Any, make_model: MakeModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.promote(make_model(tmp_path / "model"), 1)
    fetched: list[str] = []
    download = SqliteRegistry.download

    def note(self: SqliteRegistry, wanted: Any, name: str, target: Path) -> None:
        fetched.append(name)
        download(self, wanted, name, target)

    monkeypatch.setattr(SqliteRegistry, "download", note)
    Replica(tmp_path, registry).watcher.look()

    assert fetched == [MANIFEST_FILE, SIGNATURE_FILE]


def test_a_key_that_comes_later_refuses_what_lies_on_disk_unsigned(
    registry: Any, make_model: MakeModel, tmp_path: Path
) -> None:
    registry.promote(make_model(tmp_path / "model"), 1)
    Replica(tmp_path, registry, verify_keys=None).watcher.look()

    restarted = Replica(tmp_path, registry)
    restarted.watcher.resume()
    restarted.watcher.look()

    assert restarted.version is None
    assert restarted.serving.refused == {"signature": 2}


def test_a_signed_model_is_served_again_from_disk(registry: Any, make_model: MakeModel, tmp_path: Path) -> None:
    registry.promote(signed(make_model(tmp_path / "model")), 1)
    Replica(tmp_path, registry).watcher.look()

    restarted = Replica(tmp_path, registry)
    restarted.watcher.resume()

    assert restarted.version == "1"
