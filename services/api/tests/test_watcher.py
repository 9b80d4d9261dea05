"""Following the champion, and what becomes of one that is broken."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnx
import pytest
from onnx import helper
from structlog.testing import capture_logs

from cinecote.registry import GRAPH_FILE, MANIFEST_FILE, digest
from cinecote_api.models.serving import Serving
from cinecote_api.models.store import ModelStore
from cinecote_api.models.watcher import RegistryWatcher
from cinecote_api.registry.registry import RegistryAway
from cinecote_api.registry.sqlite import SqliteRegistry


class Following:
    """A watcher over a folder, whose looks the test takes one by one."""

    def __init__(self, folder: Path, registry: Any = None) -> None:
        self.serving = Serving()
        self.store = ModelStore(folder / "served")
        self.store.prepare()
        asked = registry or SqliteRegistry(f"sqlite:///{folder}/mlflow.db")
        self.watcher = RegistryWatcher(asked, self.store, self.serving, poll_s=60)
        self.look, self.resume = self.watcher.look, self.watcher.resume

    @property
    def version(self) -> str | None:
        return self.serving.champion.version if self.serving.champion else None


class Unreachable:
    """A registry that nothing is heard from."""

    def __getattr__(self, _name: str) -> Callable[..., None]:
        def fail(*_asked: object) -> None:
            raise RegistryAway("no route")

        return fail


@pytest.fixture
def following(tmp_path: Path) -> Following:
    return Following(tmp_path)


def test_champions_are_served_from_the_first_look_that_finds_them(
    following: Following, registry: Any, make_model: Callable[..., Path], tmp_path: Path
) -> None:
    seen: list[str | None] = []
    for version in (None, 1, 2, 1):
        if version:
            folder = tmp_path / f"v{version}"
            registry.promote(folder if folder.exists() else make_model(folder, seed=version), version)
        following.look()
        seen.append(following.version)

    assert seen == [None, "1", "2", "1"]


def test_a_registry_file_is_never_made_by_looking(following: Following, registry: Any) -> None:
    following.look()

    assert not registry.path.exists()


def test_a_registry_file_without_tables_has_no_champion(following: Following, registry: Any) -> None:
    registry.path.touch()

    following.look()

    assert following.version is None


def _rewrite(folder: Path, **changes: Any) -> None:
    manifest = json.loads((folder / MANIFEST_FILE).read_text())
    (folder / MANIFEST_FILE).write_text(json.dumps(manifest | changes))


def _answer_nan(folder: Path) -> None:
    """Have the graph answer NaN to everything."""
    model = onnx.load(folder / GRAPH_FILE)
    model.graph.node[-1].output[0] = "shares"
    model.graph.node.append(helper.make_node("Div", ["zero", "zero"], ["nan"]))
    model.graph.node.append(helper.make_node("Mul", ["shares", "nan"], ["probabilities"]))
    onnx.save(model, folder / GRAPH_FILE)
    _rewrite(folder, files={GRAPH_FILE: digest((folder / GRAPH_FILE).read_bytes())})


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda folder: (folder / MANIFEST_FILE).unlink(), "artifacts"),
        (lambda folder: (folder / GRAPH_FILE).unlink(), "artifacts"),
        (lambda folder: (folder / GRAPH_FILE).write_bytes(b"x"), "files"),
        (lambda folder: (folder / MANIFEST_FILE).write_text("{"), "files"),
        (lambda folder: _rewrite(folder, inputs=["revenue", "budget", "vote_count", "popularity"]), "manifest"),
        (lambda folder: _rewrite(folder, inputs=["revenue", "budget", "vote_count"]), "graph"),
        (_answer_nan, "answers"),
    ],
)
def test_a_broken_champion_is_refused_once_and_the_old_one_goes_on(
    following: Following, registry: Any, make_model: Callable[..., Path], tmp_path: Path,
    spoil: Callable[[Path], object], reason: str,
) -> None:  # fmt: skip
    registry.promote(make_model(tmp_path / "good"), 1)
    following.look()
    broken = make_model(tmp_path / "broken", seed=2)
    registry.promote(broken, 2)
    spoil(broken)

    with capture_logs() as lines:
        for _ in range(3):
            following.look()

    assert following.version == "1"
    assert following.serving.refused == {reason: 1}
    assert following.serving.refusals["champion"].reason == reason
    assert [(line["version"], line["reason"]) for line in lines if line["event"] == "model refused"] == [("2", reason)]
    assert [entry.name for entry in (tmp_path / "served").iterdir() if entry.is_dir()] == ["1"]


def test_a_refused_champion_is_tried_again_after_a_while(
    following: Following,
    registry: Any,
    make_model: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model = make_model(tmp_path / "model")
    graph = (model / GRAPH_FILE).read_bytes()
    registry.promote(model, 1)
    (model / GRAPH_FILE).unlink()
    following.look()
    (model / GRAPH_FILE).write_bytes(graph)
    following.look()
    refused = following.version

    a_while_later = time.monotonic() + 61
    monkeypatch.setattr("cinecote_api.models.intake.time.monotonic", lambda: a_while_later)
    following.look()

    assert (refused, following.version) == (None, "1")


def test_the_model_served_last_is_served_at_the_next_start_without_a_registry(
    following: Following, registry: Any, make_model: Callable[..., Path], tmp_path: Path
) -> None:
    for version in (1, 2):
        registry.promote(make_model(tmp_path / f"v{version}", seed=version), version)
        following.look()

    restarted = Following(tmp_path, Unreachable())
    restarted.resume()
    restarted.look()

    assert restarted.version == "2"


def test_a_registry_that_fails_unexpectedly_does_not_end_the_watch(
    following: Following,
    registry: Any,
    make_model: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(_registry: SqliteRegistry, _alias: str) -> None:
        raise ZeroDivisionError

    registry.promote(make_model(tmp_path / "model"), 1)
    with monkeypatch.context() as patched:
        patched.setattr(SqliteRegistry, "named", fail)
        following.look()
    following.look()

    assert following.version == "1"
