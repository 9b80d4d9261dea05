"""The steps before the classifier, in ONNX: the same arithmetic in double precision as the library's."""

from collections.abc import Callable

import numpy as np
from onnx import TensorProto
from sklearn.base import TransformerMixin
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from cinecote_train.estimators.feature_sets import SETS, aged, as_they_are, logarithms, ratios
from cinecote_train.estimators.film_features import FilmFeatures
from cinecote_train.estimators.seen_range import SeenRange
from cinecote_train.export.graph import Graph


def add_preparation(graph: Graph, pipeline: Pipeline, inputs: str) -> str:
    """Add every step of `pipeline` but the last; the name of what the classifier sees."""
    value = inputs
    for _, step in pipeline.steps[:-1]:
        value = _STEPS[type(step)](graph, step, value)
    return value


def _film_features(graph: Graph, step: FilmFeatures, inputs: str) -> str:
    known = graph.columns(inputs, logarithms(step.wanted))
    logs = graph.add("Log", graph.add("Add", known, graph.constant(1.0)))
    parts = [logs, graph.columns(inputs, as_they_are(step.wanted, step.features))]
    if pairs := ratios(step.wanted, step.features):
        over, under = (graph.columns(logs, [pair[side] for pair in pairs]) for side in (0, 1))
        parts.append(graph.add("Sub", over, under))
    if year := aged(step.wanted, step.features):
        parts.append(_age(graph, graph.columns(inputs, year), step.newest_))
    if SETS[step.features].unknown:
        parts.append(graph.to_double(graph.add("IsNaN", inputs)))
    features = graph.add("Concat", *parts, axis=1)
    return graph.to_double(graph.add("Cast", features, to=TensorProto.FLOAT))


def _age(graph: Graph, year: str, newest: float) -> str:
    passed = graph.add("Sub", graph.constant(newest), year)
    # Not Max: what runs the graph may make a number of an unknown year.
    ahead = graph.add("Less", passed, graph.constant(0.0))
    age = graph.add("Where", ahead, graph.constant(0.0), passed)
    return graph.add("Log", graph.add("Add", age, graph.constant(1.0)))


def _imputer(graph: Graph, step: SimpleImputer, value: str) -> str:
    unknown = graph.add("IsNaN", value)
    filled = graph.add("Where", unknown, graph.constant(step.statistics_), value)
    if step.indicator_ is None or not len(step.indicator_.features_):
        return filled
    indicators = graph.to_double(graph.columns(unknown, step.indicator_.features_))
    return graph.add("Concat", filled, indicators, axis=1)


def _seen_range(graph: Graph, step: SeenRange, value: str) -> str:
    raised = graph.add("Max", value, graph.constant(step.lowest_))
    return graph.add("Min", raised, graph.constant(step.highest_))


def _scaler(graph: Graph, step: StandardScaler, value: str) -> str:
    centred = graph.add("Sub", value, graph.constant(step.mean_))
    return graph.add("Div", centred, graph.constant(step.scale_))


def _polynomial(graph: Graph, step: PolynomialFeatures, value: str) -> str:
    """Each column, then each product of two, in the order of `powers_`."""
    factors = [np.repeat(np.arange(len(powers)), powers) for powers in step.powers_]
    pairs = [pair for pair in factors if len(pair) == 2]
    if len(pairs) + step.n_features_in_ != len(factors):
        raise NotImplementedError("only polynomials of degree 1 or 2 without a bias are exported")
    if not pairs:
        return value
    first, second = (graph.columns(value, [pair[side] for pair in pairs]) for side in (0, 1))
    return graph.add("Concat", value, graph.add("Mul", first, second), axis=1)


_STEPS: dict[type[TransformerMixin], Callable[[Graph, TransformerMixin, str], str]] = {
    FilmFeatures: _film_features,
    SimpleImputer: _imputer,
    SeenRange: _seen_range,
    StandardScaler: _scaler,
    PolynomialFeatures: _polynomial,
}
