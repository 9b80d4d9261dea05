"""The whole model: preparation, classifier, temperature."""

from collections.abc import Sequence
from functools import partial, reduce

from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import VotingClassifier
from sklearn.pipeline import Pipeline

from cinecote.registry import GRAPH_INPUT
from cinecote_train.estimators.masked_copy import MaskedCopy
from cinecote_train.export.classifiers import add_classifier
from cinecote_train.export.graph import Graph
from cinecote_train.export.preparation import add_preparation

_LEAST = 1e-12
"""What scikit-learn's temperature scaling adds to a probability before its logarithm."""


def to_onnx(model: CalibratedClassifierCV) -> bytes:
    """The graph of a calibrated MaskedCopy, or of a calibrated vote of some; equal models give equal bytes."""
    (calibrated,) = model.calibrated_classifiers_
    (temperature,) = calibrated.calibrators
    pipelines = [member.estimator_ for member in _members(calibrated.estimator)]
    graph = Graph(pipelines[0].n_features_in_)
    probabilities = [_add_pipeline(graph, pipeline) for pipeline in pipelines]
    return graph.finish(_add_temperature(graph, _add_mean(graph, probabilities), float(temperature.beta_)))


def _members(voting: MaskedCopy | VotingClassifier) -> Sequence[MaskedCopy]:
    """Those whose probabilities' mean is the answer: one is its own."""
    return voting.estimators_ if isinstance(voting, VotingClassifier) else [voting]


def _add_pipeline(graph: Graph, pipeline: Pipeline) -> str:
    features = add_preparation(graph, pipeline, GRAPH_INPUT)
    return add_classifier(graph, pipeline.steps[-1][1], features)


def _add_mean(graph: Graph, values: Sequence[str]) -> str:
    if len(values) == 1:
        return values[0]
    # ONNX Runtime has no Mean of doubles.
    total = reduce(partial(graph.add, "Add"), values)
    return graph.add("Div", total, graph.constant(float(len(values))))


def _add_temperature(graph: Graph, probabilities: str, beta: float) -> str:
    # A sum of a forest's leaves, rounded to float32, may lie a little above 1; the library's never does.
    at_most_1 = graph.add("Min", probabilities, graph.constant(1.0))
    logits = graph.add("Log", graph.add("Add", at_most_1, graph.constant(_LEAST)))
    return graph.add("Softmax", graph.add("Mul", logits, graph.constant(beta)), axis=1)
