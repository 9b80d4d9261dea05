"""The classifiers, in ONNX: from prepared features to uncalibrated probabilities."""

from collections.abc import Callable, Sequence

import numpy as np
from lightgbm import LGBMClassifier
from sklearn.base import ClassifierMixin
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from xgboost import XGBClassifier

from cinecote.films import CATEGORIES
from cinecote_train.arrays import Floats
from cinecote_train.estimators.proportional_odds import ProportionalOdds
from cinecote_train.export.graph import Graph
from cinecote_train.export.library_trees import boosted_trees, forest_trees, lightgbm_trees
from cinecote_train.export.trees import Tree, add_trees
from cinecote_train.export.xgboost_trees import xgboost_trees


def add_classifier(graph: Graph, classifier: ClassifierMixin, features: str) -> str:
    """Add `classifier`; the name of its [n, categories] probabilities."""
    if list(classifier.classes_) != list(range(len(CATEGORIES))):
        raise ValueError("the classifier's classes are not the categories")
    return _CLASSIFIERS[type(classifier)](graph, classifier, features)


def _logistic(graph: Graph, model: LogisticRegression, features: str) -> str:
    product = graph.add("MatMul", features, graph.constant(model.coef_.T))
    return graph.add("Softmax", graph.add("Add", product, graph.constant(model.intercept_)), axis=1)


def _ordinal(graph: Graph, model: ProportionalOdds, features: str) -> str:
    score = graph.add("MatMul", features, graph.constant(model.coef_[:, np.newaxis]))
    at_most = graph.add("Sigmoid", graph.add("Sub", graph.constant(model.thresholds_), score))
    nothing = graph.add("Mul", score, graph.constant(0.0))
    everything = graph.add("Add", nothing, graph.constant(1.0))
    upper = graph.add("Concat", at_most, everything, axis=1)
    lower = graph.add("Concat", nothing, at_most, axis=1)
    return graph.add("Sub", upper, lower)


def _forest(graph: Graph, model: RandomForestClassifier | ExtraTreesClassifier, features: str) -> str:
    return add_trees(graph, list(forest_trees(model)), len(CATEGORIES), features)


def _boosting(graph: Graph, model: HistGradientBoostingClassifier, features: str) -> str:
    return _add_boosted(graph, *boosted_trees(model), features)


def _xgboost(graph: Graph, model: XGBClassifier, features: str) -> str:
    return _add_boosted(graph, *xgboost_trees(model), features)


def _add_boosted(graph: Graph, start: Floats, trees: Sequence[Tree], features: str) -> str:
    sums = add_trees(graph, trees, len(CATEGORIES), features)
    return graph.add("Softmax", graph.add("Add", sums, graph.constant(start)), axis=1)


def _lightgbm(graph: Graph, model: LGBMClassifier, features: str) -> str:
    return graph.add("Softmax", add_trees(graph, lightgbm_trees(model), len(CATEGORIES), features), axis=1)


_CLASSIFIERS: dict[type[ClassifierMixin], Callable[[Graph, ClassifierMixin, str], str]] = {
    LogisticRegression: _logistic,
    ProportionalOdds: _ordinal,
    RandomForestClassifier: _forest,
    ExtraTreesClassifier: _forest,
    HistGradientBoostingClassifier: _boosting,
    LGBMClassifier: _lightgbm,
    XGBClassifier: _xgboost,
}
