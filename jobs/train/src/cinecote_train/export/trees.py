"""Decision trees of any library in one form, and that form in ONNX."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from onnx import numpy_helper

from cinecote_train.arrays import Flags, Floats, Integers
from cinecote_train.export.graph import ML, Graph

LEAF = -1


@dataclass(frozen=True)
class Tree:
    """m nodes, the first the root; a film goes left where its feature is at most the threshold.

    `left` and `right` are LEAF in leaves; `unknown_left` says where NaN goes. What a leaf adds to the answer's columns
    `targets` is its row of `values`, [m, targets].
    """

    features: Integers
    thresholds: Floats
    left: Integers
    right: Integers
    unknown_left: Flags
    values: Floats
    targets: tuple[int, ...]

    @property
    def is_leaf(self) -> Flags:
        return np.asarray(self.left == LEAF)


def add_trees(graph: Graph, trees: Sequence[Tree], targets: int, features: str) -> str:
    """Add one node that sums the trees' leaves; the name of the [n, targets] sums.

    Thresholds, leaves and sums are double, as in the libraries; only the sum itself is rounded to float32.
    """
    attributes = _nodes(trees) | _leaves(trees)
    sums = graph.add(
        "TreeEnsembleRegressor",
        features,
        domain=ML,
        n_targets=targets,
        aggregate_function="SUM",
        post_transform="NONE",
        **attributes,
    )
    return graph.to_double(sums)


def _nodes(trees: Sequence[Tree]) -> dict[str, Any]:
    leaf = np.concatenate([tree.is_leaf for tree in trees])
    sizes = [len(tree.left) for tree in trees]
    thresholds = np.concatenate([tree.thresholds for tree in trees])
    return {
        "nodes_treeids": np.repeat(np.arange(len(trees)), sizes).tolist(),
        "nodes_nodeids": np.concatenate([np.arange(size) for size in sizes]).tolist(),
        "nodes_featureids": _zero_in_leaves([tree.features for tree in trees], leaf),
        "nodes_modes": np.where(leaf, "LEAF", "BRANCH_LEQ").tolist(),
        "nodes_truenodeids": _zero_in_leaves([tree.left for tree in trees], leaf),
        "nodes_falsenodeids": _zero_in_leaves([tree.right for tree in trees], leaf),
        "nodes_missing_value_tracks_true": _zero_in_leaves([tree.unknown_left for tree in trees], leaf),
        "nodes_values_as_tensor": numpy_helper.from_array(np.where(leaf, 0.0, thresholds), "thresholds"),
    }


def _leaves(trees: Sequence[Tree]) -> dict[str, Any]:
    leaves = [np.flatnonzero(tree.is_leaf) for tree in trees]
    widths = [len(tree.targets) for tree in trees]
    weights = np.concatenate([tree.values[at].ravel() for tree, at in zip(trees, leaves, strict=True)])
    counts = [len(at) * width for at, width in zip(leaves, widths, strict=True)]
    nodes = [np.repeat(at, width) for at, width in zip(leaves, widths, strict=True)]
    targets = [np.tile(tree.targets, len(at)) for tree, at in zip(trees, leaves, strict=True)]
    return {
        "target_treeids": np.repeat(np.arange(len(trees)), counts).tolist(),
        "target_nodeids": np.concatenate(nodes).tolist(),
        "target_ids": np.concatenate(targets).tolist(),
        "target_weights_as_tensor": numpy_helper.from_array(weights, "leaves"),
    }


def _zero_in_leaves(parts: Sequence[Any], leaf: Flags) -> list[int]:
    numbers: list[int] = np.where(leaf, 0, np.concatenate(parts)).astype(np.int64).tolist()
    return numbers
