"""A model that takes ten times as long as the present one."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from cinecote.registry import GRAPH_FILE, MANIFEST_FILE, digest
from cinecote_api.models import pace
from cinecote_api.models.pace import check_pace
from cinecote_api.models.served_model import RefusedModel, load_model
from cinecote_api.models.serving import Serving
from cinecote_api.models.store import ModelStore
from cinecote_api.models.watcher import RegistryWatcher
from cinecote_api.registry.sqlite import SqliteRegistry

MakeModel = Callable[..., Path]


def slow_down(folder: Path, steps: int = 12, width: int = 256) -> Path:
    """Have the graph in `folder` multiply matrices before it answers as it did."""
    model = onnx.load(folder / GRAPH_FILE)
    softmax = model.graph.node.pop()
    nodes = [
        helper.make_node("ReduceSum", ["known"], ["total"], keepdims=0),
        helper.make_node("Mul", ["ones", "total"], ["scaled"]),
        helper.make_node("Sin", ["scaled"], ["step0"]),
    ]
    for step in range(steps):
        nodes.append(helper.make_node("MatMul", [f"step{step}", f"step{step}"], [f"product{step}"]))
        nodes.append(helper.make_node("Sin", [f"product{step}"], [f"step{step + 1}"]))
    nodes += [
        helper.make_node("ReduceSum", [f"step{steps}"], ["sum"], keepdims=0),
        helper.make_node("Mul", ["sum", "nothing"], ["idle"]),
        helper.make_node("Add", ["scores", "idle"], ["late"]),
    ]
    softmax.input[0] = "late"
    model.graph.node.extend([*nodes, softmax])
    model.graph.initializer.append(numpy_helper.from_array(np.ones((width, width)), "ones"))
    model.graph.initializer.append(numpy_helper.from_array(np.array(0.0), "nothing"))
    onnx.save(model, folder / GRAPH_FILE)
    manifest = json.loads((folder / MANIFEST_FILE).read_text())
    manifest["files"] = {GRAPH_FILE: digest((folder / GRAPH_FILE).read_bytes())}
    (folder / MANIFEST_FILE).write_text(json.dumps(manifest))
    return folder


def test_a_champion_ten_times_slower_is_refused_and_the_old_one_goes_on(
    registry: Any, make_model: MakeModel, tmp_path: Path
) -> None:
    serving, store = Serving(), ModelStore(tmp_path / "served")
    store.prepare()
    watcher = RegistryWatcher(SqliteRegistry(registry.uri), store, serving, poll_s=60)
    registry.promote(make_model(tmp_path / "fast", seed=1), 1)
    watcher.look()
    registry.promote(slow_down(make_model(tmp_path / "slow", seed=2)), 2)

    for _ in range(2):
        watcher.look()

    assert serving.model().version == "1"
    assert serving.refused == {"slow": 1}
    assert "times as long as version 1" in serving.refusals["champion"].detail
    assert (tmp_path / "served" / "current").read_text() == "1\n"


def test_the_first_champion_has_nobody_to_be_slower_than(registry: Any, make_model: MakeModel, tmp_path: Path) -> None:
    serving, store = Serving(), ModelStore(tmp_path / "served")
    store.prepare()
    registry.promote(slow_down(make_model(tmp_path / "slow")), 1)

    RegistryWatcher(SqliteRegistry(registry.uri), store, serving, poll_s=60).look()

    assert serving.model().version == "1"


@pytest.mark.parametrize(
    ("new", "old", "refused"),
    [
        (0.011, 0.001, True),
        (0.009, 0.001, False),
        # A hundred times slower, but not the answer, which takes a tenth of a millisecond beside its graph.
        (0.0009, 0.000009, False),
    ],
)
def test_ten_times_slower_counts_from_a_millisecond_on(
    make_model: MakeModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, new: float, old: float, refused: bool
) -> None:
    models = [load_model(make_model(tmp_path / name), name) for name in ("new", "old")]
    taken = {id(model.graph): seconds for model, seconds in zip(models, (new, old), strict=True)}
    monkeypatch.setattr(pace, "_seconds", lambda graph, _rows: taken[id(graph)])

    if refused:
        with pytest.raises(RefusedModel):
            check_pace(*models)
    else:
        check_pace(*models)


def test_one_quiet_moment_is_enough_for_a_model_on_a_busy_machine(
    make_model: MakeModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = [load_model(make_model(tmp_path / name), name) for name in ("new", "old")]
    busy = iter([0.5, 0.4, 0.002] + [0.6] * 12)
    monkeypatch.setattr(pace, "_seconds", lambda graph, _rows: next(busy) if graph is models[0].graph else 0.001)

    check_pace(*models)
