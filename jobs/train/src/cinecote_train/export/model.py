"""The whole model: preparation, classifier, temperature."""

from sklearn.calibration import CalibratedClassifierCV

from cinecote.registry import GRAPH_INPUT
from cinecote_train.export.classifiers import add_classifier
from cinecote_train.export.graph import Graph
from cinecote_train.export.preparation import add_preparation

_LEAST = 1e-12
"""What scikit-learn's temperature scaling adds to a probability before its logarithm."""


def to_onnx(model: CalibratedClassifierCV) -> bytes:
    """The graph of a calibrated MaskedCopy: films' inputs to their probabilities; equal models give equal bytes."""
    (calibrated,) = model.calibrated_classifiers_
    (temperature,) = calibrated.calibrators
    pipeline = calibrated.estimator.estimator_
    graph = Graph(pipeline.n_features_in_)
    features = add_preparation(graph, pipeline, GRAPH_INPUT)
    probabilities = add_classifier(graph, pipeline.steps[-1][1], features)
    return graph.finish(_add_temperature(graph, probabilities, float(temperature.beta_)))


def _add_temperature(graph: Graph, probabilities: str, beta: float) -> str:
    # A sum of a forest's leaves, rounded to float32, may lie a little above 1; the library's never does.
    at_most_1 = graph.add("Min", probabilities, graph.constant(1.0))
    logits = graph.add("Log", graph.add("Add", at_most_1, graph.constant(_LEAST)))
    return graph.add("Softmax", graph.add("Mul", logits, graph.constant(beta)), axis=1)
