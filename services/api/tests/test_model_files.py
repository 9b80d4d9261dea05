"""Which models are found fit to serve."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from cinecote.registry import GRAPH_FILE, MANIFEST_FILE, digest
from cinecote_api.models.served_model import RefusedModel, load_model

EVEN = {"médiocre": 0.5, "moyen": 0.5, "bien": 0}
NODES: dict[str, list[onnx.NodeProto]] = {
    "unknown stays unknown": [helper.make_node("Gemm", ["films", "weights"], ["probabilities"])],
    "not probabilities": [
        helper.make_node("IsNaN", ["films"], ["unknown"]),
        helper.make_node("Where", ["unknown", "zero", "films"], ["known"]),
        helper.make_node("MatMul", ["known", "weights"], ["probabilities"]),
    ],
}


def test_a_model_as_training_wrote_it_is_served(make_model: Callable[..., Path], tmp_path: Path) -> None:
    model = load_model(make_model(tmp_path / "model"), "3")

    assert model.version == "3"
    assert model.probabilities(np.empty((0, 5))).shape == (0, 3)


def _no_manifest(folder: Path) -> None:
    (folder / MANIFEST_FILE).unlink()


def _no_graph(folder: Path) -> None:
    (folder / GRAPH_FILE).unlink()


def _changed_graph(folder: Path) -> None:
    (folder / GRAPH_FILE).write_bytes((folder / GRAPH_FILE).read_bytes() + b"\x00")


@pytest.mark.parametrize("damage", [_no_manifest, _no_graph, _changed_graph])
def test_files_that_are_not_the_manifests_are_refused(
    make_model: Callable[..., Path], tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    folder = make_model(tmp_path / "model")
    damage(folder)

    assert _reason(folder) == "files"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"golden": []}, "files"),
        ({"files": {GRAPH_FILE: "0" * 64, "../../secret": "0" * 64}}, "files"),
        ({"name": "another-model"}, "manifest"),
        ({"inputs": ["revenue", "budget", "vote_count", "popularity"]}, "manifest"),
        ({"inputs": ["revenue", "budget", "vote_count", "vote_count"]}, "manifest"),
        ({"inputs": ["revenue", "budget", "vote_count"]}, "graph"),
        ({"golden": [{"inputs": {"budget": -1}, "probabilities": EVEN}]}, "manifest"),
        ({"golden": [{"inputs": {"budget": 1e6}, "probabilities": {"médiocre": 0.5, "moyen": 0.5}}]}, "manifest"),
        ({"golden": [{"inputs": {"budget": 1e6}, "probabilities": EVEN}]}, "answers"),
    ],
)  # fmt: skip
def test_a_manifest_that_does_not_fit_is_refused(
    make_model: Callable[..., Path], tmp_path: Path, changes: dict[str, Any], reason: str
) -> None:
    folder = make_model(tmp_path / "model")
    _rewrite(folder, **changes)

    assert _reason(folder) == reason


@pytest.mark.parametrize(("nodes", "reason"), [("unknown stays unknown", "answers"), ("not probabilities", "answers")])
def test_a_graph_whose_answers_are_no_probabilities_is_refused(
    make_model: Callable[..., Path], tmp_path: Path, nodes: str, reason: str
) -> None:
    folder = make_model(tmp_path / "model")
    _replace_graph(folder, _graph(NODES[nodes], TensorProto.DOUBLE, TensorProto.DOUBLE))

    assert _reason(folder) == reason


@pytest.mark.parametrize("types", [(TensorProto.FLOAT, TensorProto.DOUBLE), (TensorProto.DOUBLE, TensorProto.FLOAT)])
def test_a_graph_of_other_types_is_refused(
    make_model: Callable[..., Path], tmp_path: Path, types: tuple[int, int]
) -> None:
    folder = make_model(tmp_path / "model")
    cast = [
        helper.make_node("Cast", ["films"], ["doubles"], to=TensorProto.DOUBLE),
        helper.make_node("MatMul", ["doubles", "weights"], ["products"]),
        helper.make_node("Cast", ["products"], ["probabilities"], to=types[1]),
    ]
    _replace_graph(folder, _graph(cast, *types))

    assert _reason(folder) == "graph"


def test_a_file_that_is_no_graph_is_refused(make_model: Callable[..., Path], tmp_path: Path) -> None:
    folder = make_model(tmp_path / "model")
    (folder / GRAPH_FILE).write_bytes(b"not a graph")
    _sign(folder)

    assert _reason(folder) == "graph"


def _graph(nodes: list[onnx.NodeProto], type_in: int, type_out: int) -> onnx.ModelProto:
    graph = helper.make_graph(
        nodes,
        "odd",
        [helper.make_tensor_value_info("films", type_in, ["n", 4])],
        [helper.make_tensor_value_info("probabilities", type_out, ["n", 3])],
        [
            helper.make_tensor("weights", TensorProto.DOUBLE, [4, 3], [0.1] * 12),
            helper.make_tensor("zero", TensorProto.DOUBLE, [], [0.0]),
        ],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


def _replace_graph(folder: Path, graph: onnx.ModelProto) -> None:
    onnx.save(graph, folder / GRAPH_FILE)
    _sign(folder)


def _sign(folder: Path) -> None:
    _rewrite(folder, files={GRAPH_FILE: digest((folder / GRAPH_FILE).read_bytes())})


def _rewrite(folder: Path, **changes: Any) -> None:
    manifest = json.loads((folder / MANIFEST_FILE).read_text())
    (folder / MANIFEST_FILE).write_text(json.dumps(manifest | changes))


def _reason(folder: Path) -> str:
    with pytest.raises(RefusedModel) as refused:
        load_model(folder, "1")
    return refused.value.reason
