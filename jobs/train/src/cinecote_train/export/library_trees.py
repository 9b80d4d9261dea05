"""The trees inside the fitted classifiers of scikit-learn and LightGBM."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from lightgbm import LGBMClassifier
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier, RandomForestClassifier

from cinecote_train.arrays import Floats
from cinecote_train.export.trees import LEAF, Tree


def forest_trees(forest: RandomForestClassifier | ExtraTreesClassifier) -> Iterator[Tree]:
    """Trees whose leaves add up to the forest's mean probabilities."""
    for estimator in forest.estimators_:
        tree = estimator.tree_
        yield Tree(
            features=tree.feature.astype(np.int64),
            thresholds=tree.threshold,
            left=tree.children_left,
            right=tree.children_right,
            unknown_left=tree.missing_go_to_left.astype(np.bool_),
            values=tree.value[:, 0, :] / len(forest.estimators_),
            targets=tuple(range(tree.value.shape[2])),
        )


def boosted_trees(boosting: HistGradientBoostingClassifier) -> tuple[Floats, list[Tree]]:
    """What the trees start from ([categories]), and the trees, whose leaves add up to the logits beyond it."""
    # scikit-learn shows neither; the parity check finds out if a version ever means something else by them.
    start: Floats = boosting._baseline_prediction.ravel()
    trees = [
        _boosted_tree(predictor.nodes, target)
        for iteration in boosting._predictors
        for target, predictor in enumerate(iteration)
    ]
    return start, trees


def _boosted_tree(nodes: Any, target: int) -> Tree:
    leaf = nodes["is_leaf"].astype(np.bool_)
    if nodes["is_categorical"].any():
        raise NotImplementedError("categorical splits are not exported")
    return Tree(
        features=nodes["feature_idx"].astype(np.int64),
        thresholds=nodes["num_threshold"].astype(np.float64),
        left=np.where(leaf, LEAF, nodes["left"].astype(np.int64)),
        right=np.where(leaf, LEAF, nodes["right"].astype(np.int64)),
        unknown_left=nodes["missing_go_to_left"].astype(np.bool_),
        values=nodes["value"].astype(np.float64)[:, np.newaxis],
        targets=(target,),
    )


def lightgbm_trees(model: LGBMClassifier) -> list[Tree]:
    """Trees whose leaves add up to the logits."""
    dump = model.booster_.dump_model()
    targets = dump["num_tree_per_iteration"]
    return [_lightgbm_tree(tree["tree_structure"], tree["tree_index"] % targets) for tree in dump["tree_info"]]


def _lightgbm_tree(root: Mapping[str, Any], target: int) -> Tree:
    nodes: list[Mapping[str, Any]] = []
    children: list[tuple[int, int]] = []

    def visit(node: Mapping[str, Any]) -> int:
        place = len(nodes)
        nodes.append(node)
        children.append((LEAF, LEAF))
        if "left_child" in node:
            children[place] = visit(node["left_child"]), visit(node["right_child"])
        return place

    visit(root)
    left, right = np.array(children, dtype=np.int64).T
    return Tree(
        features=np.array([node.get("split_feature", 0) for node in nodes], dtype=np.int64),
        thresholds=np.array([node.get("threshold", 0.0) for node in nodes], dtype=np.float64),
        left=left,
        right=right,
        unknown_left=np.array([_unknown_goes_left(node) for node in nodes], dtype=np.bool_),
        values=np.array([[node.get("leaf_value", 0.0)] for node in nodes], dtype=np.float64),
        targets=(target,),
    )


def _unknown_goes_left(node: Mapping[str, Any]) -> bool:
    if "left_child" not in node:
        return False
    if node["decision_type"] != "<=" or node["missing_type"] == "Zero":
        raise NotImplementedError("only numeric splits in which 0 is a value like another are exported")
    if node["missing_type"] == "NaN":
        return bool(node["default_left"])
    # A feature that was never unknown in training: LightGBM reads NaN as 0.
    return bool(node["threshold"] >= 0.0)
