"""The trees inside a fitted classifier of XGBoost."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from xgboost import XGBClassifier

from cinecote_train.arrays import Floats
from cinecote_train.export.trees import Tree


def xgboost_trees(model: XGBClassifier) -> tuple[Floats, list[Tree]]:
    """What the trees start from ([categories]), and the trees, whose leaves add up to the logits beyond it."""
    learner = json.loads(model.get_booster().save_raw("json"))["learner"]
    start = np.array(json.loads(learner["learner_model_param"]["base_score"]), dtype=np.float64)
    trees = learner["gradient_booster"]["model"]
    return start, [_tree(nodes, target) for nodes, target in zip(trees["trees"], trees["tree_info"], strict=True)]


def _tree(nodes: Mapping[str, Any], target: int) -> Tree:
    if any(nodes["split_type"]):
        raise NotImplementedError("categorical splits are not exported")
    # Of a branch the threshold, of a leaf what it adds.
    conditions = np.array(nodes["split_conditions"], dtype=np.float32)
    return Tree(
        features=np.array(nodes["split_indices"], dtype=np.int64),
        # XGBoost sends left what is below a threshold, and knows no value between it and the float32 before it.
        thresholds=np.nextafter(conditions, np.float32(-np.inf)).astype(np.float64),
        left=np.array(nodes["left_children"], dtype=np.int64),
        right=np.array(nodes["right_children"], dtype=np.int64),
        unknown_left=np.array(nodes["default_left"], dtype=np.bool_),
        values=conditions.astype(np.float64)[:, np.newaxis],
        targets=(target,),
    )
