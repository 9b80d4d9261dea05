"""Models on disk, between a registry and the next start."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cinecote.registry import CHALLENGER, CHAMPION, GRAPH_FILE
from cinecote_api.models.served_model import RefusedModel, ServedModel
from cinecote_api.models.store import ModelStore
from cinecote_api.registry.registry import RegisteredVersion, RegistryAway
from cinecote_api.registry.sqlite import SqliteRegistry


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    store = ModelStore(tmp_path / "served")
    store.prepare()
    return store


def test_the_model_remembered_is_the_one_of_the_next_start(
    store: ModelStore, registry: Any, make_model: Callable[..., Path], tmp_path: Path
) -> None:
    for version in (2, 1):
        registry.promote(make_model(tmp_path / f"v{version}", seed=version), version)
        store.remember(_take(store, registry))

    last = ModelStore(tmp_path / "served").last_served()

    assert last is not None
    assert last.version == "1"


def test_before_a_first_model_there_is_none_to_begin_with(store: ModelStore) -> None:
    assert store.last_served() is None


@pytest.mark.parametrize("pointer", [b"", b"../1", b"\xff\xfe", b"9", "²".encode()])
def test_a_pointer_to_no_good_model_is_refused(
    store: ModelStore, registry: Any, make_model: Callable[..., Path], tmp_path: Path, pointer: bytes
) -> None:
    registry.promote(make_model(tmp_path / "model"), 1)
    store.remember(_take(store, registry))
    (tmp_path / "served" / "current").write_bytes(pointer)

    with pytest.raises(RefusedModel):
        store.last_served()


def test_a_model_that_was_damaged_on_disk_is_fetched_again(
    store: ModelStore, registry: Any, make_model: Callable[..., Path], tmp_path: Path
) -> None:
    registry.promote(make_model(tmp_path / "model"), 1)
    store.remember(_take(store, registry))
    kept = tmp_path / "served" / "1" / GRAPH_FILE
    kept.write_bytes(b"damaged")

    with pytest.raises(RefusedModel):
        store.last_served()
    _take(store, registry)

    assert kept.read_bytes() == (tmp_path / "model" / GRAPH_FILE).read_bytes()


def test_a_version_kept_on_disk_is_served_although_its_artifacts_are_gone(
    store: ModelStore, registry: Any, make_model: Callable[..., Path], tmp_path: Path
) -> None:
    registry.promote(make_model(tmp_path / "model"), 1)
    taken = _take(store, registry)
    (tmp_path / "model" / GRAPH_FILE).unlink()

    again = _take(store, registry)

    assert again.manifest == taken.manifest


def test_a_namesake_from_a_registry_begun_anew_takes_the_place_of_the_one_kept(
    store: ModelStore, registry: Any, make_model: Callable[..., Path], tmp_path: Path
) -> None:
    registry.promote(make_model(tmp_path / "before", seed=1), 1)
    before = _take(store, registry)
    registry.path.unlink()

    registry.promote(make_model(tmp_path / "after", seed=2), 1)
    after = _take(store, registry)

    assert before.manifest.sha256 != after.manifest.sha256
    assert (tmp_path / "served" / "1" / GRAPH_FILE).read_bytes() == (tmp_path / "after" / GRAPH_FILE).read_bytes()


def test_a_graph_other_than_the_registered_one_is_refused_and_not_kept(
    store: ModelStore, registry: Any, make_model: Callable[..., Path], tmp_path: Path
) -> None:
    registry.promote(make_model(tmp_path / "model"), 1, sha256="0" * 64)

    with pytest.raises(RefusedModel) as refused:
        _take(store, registry)

    assert refused.value.reason == "files"
    assert list((tmp_path / "served").iterdir()) == []


def test_a_version_without_a_tag_is_what_its_manifest_says(
    store: ModelStore, registry: Any, make_model: Callable[..., Path], tmp_path: Path
) -> None:
    registry.promote(make_model(tmp_path / "model"), 1, sha256=None)

    assert _take(store, registry).version == "1"


@pytest.mark.parametrize("version", ["../1", "", "1/2", "²"])
def test_a_version_that_is_no_number_is_refused(store: ModelStore, registry: Any, version: str) -> None:
    with pytest.raises(RefusedModel):
        store.take(RegisteredVersion(version, None, ""), SqliteRegistry(registry.uri))


def test_artifacts_that_are_elsewhere_are_refused(store: ModelStore, registry: Any) -> None:
    champion = RegisteredVersion("1", None, "s3://bucket/model")

    with pytest.raises(RefusedModel) as refused:
        store.take(champion, SqliteRegistry(registry.uri))

    assert refused.value.reason == "artifacts"


def test_a_download_that_breaks_off_leaves_nothing_behind(
    store: ModelStore, registry: Any, make_model: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(_registry: SqliteRegistry, _champion: RegisteredVersion, _name: str, target: Path) -> None:
        target.write_bytes(b"half")
        raise RegistryAway("gone")

    registry.promote(make_model(tmp_path / "model"), 1)
    monkeypatch.setattr(SqliteRegistry, "download", break_off)

    with pytest.raises(RegistryAway):
        _take(store, registry)

    assert list((tmp_path / "served").iterdir()) == []


def test_what_a_killed_download_left_is_cleared_when_it_is_old(store: ModelStore, tmp_path: Path) -> None:
    for name, age in ((".arriving-old", 7200), (".arriving-new", 60)):
        folder = tmp_path / "served" / name
        folder.mkdir()
        then = folder.stat().st_mtime - age
        os.utime(folder, (then, then))

    store.prepare()

    assert [entry.name for entry in (tmp_path / "served").iterdir()] == [".arriving-new"]


def test_versions_long_out_of_use_are_dropped(
    store: ModelStore, registry: Any, make_model: Callable[..., Path], tmp_path: Path
) -> None:
    for version in (1, 2, 3, 4):
        registry.promote(make_model(tmp_path / f"v{version}", seed=version), version)
        store.remember(_take(store, registry))

    assert sorted(entry.name for entry in (tmp_path / "served").iterdir()) == ["3", "4", "current"]


def test_challengers_that_follow_each_other_are_dropped_and_the_champion_is_not(
    store: ModelStore, registry: Any, make_model: Callable[..., Path], tmp_path: Path
) -> None:
    registry.promote(make_model(tmp_path / "v1", seed=1), 1)
    store.remember(_take(store, registry))

    for version in (2, 3, 4, 5):
        registry.promote(make_model(tmp_path / f"v{version}", seed=version), version, alias=CHALLENGER)
        _take(store, registry, CHALLENGER)

    assert sorted(entry.name for entry in (tmp_path / "served").iterdir()) == ["1", "4", "5", "current"]


def _take(store: ModelStore, registry: Any, alias: str = CHAMPION) -> ServedModel:
    asked = SqliteRegistry(registry.uri)
    wanted = asked.named(alias)
    assert wanted is not None
    return store.take(wanted, asked)
