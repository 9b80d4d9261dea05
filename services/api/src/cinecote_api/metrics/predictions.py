"""What was predicted, and from which inputs."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from threading import Lock

import numpy as np
from numpy.typing import NDArray
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from cinecote.features import ACCEPTED
from cinecote.films import CATEGORIES, Category
from cinecote.metrics import INPUT, INPUTS_UNKNOWN, PREDICTION_PROBABILITY, PREDICTIONS
from cinecote.registry import CHALLENGER, MODEL_NAME
from cinecote_api.graph import Matrix
from cinecote_api.outcomes import Predicted
from cinecote_api.served_model import ServedModel
from cinecote_api.serving import Role, Served, Serving

_EDGES: dict[str, Sequence[float]] = {
    "dollars": [step * 10.0**power for power in range(3, 10) for step in (1, 2, 5)],
    "votes": [0, *(step * 10.0**power for power in range(0, 5) for step in (1, 2, 5))],
    "minutes": [10, 20, 40, 60, 70, 80, 85, 90, 95, 100, 105, 110, 120, 130, 150, 180, 240],
    "year": [1920, 1940, 1950, 1960, 1970, 1980, 1990, 1995, 2000, 2005, 2010, 2015, 2020, 2025, 2030],
}
_PROBABILITY_EDGES = [0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0]


# Some at a time in arrays: a tenth of what each would cost by itself.
_COUNTED_TOGETHER = 256

Values = Sequence[float]

_Answering = tuple[str, str, Role]
"""Who answers: the model's name, its version, its role."""


class _Distribution:
    """Counts of values between edges."""

    __slots__ = ("_counts", "_edges", "_sum")

    def __init__(self, edges: Sequence[float]) -> None:
        self._edges = edges
        self._counts = [0] * (len(edges) + 1)
        self._sum = 0.0

    def add_all(self, values: Matrix) -> None:
        places = np.searchsorted(self._edges, values, side="left")
        for place, count in enumerate(np.bincount(places, minlength=len(self._counts)).tolist()):
            self._counts[place] += count
        self._sum += float(values.sum())

    def report(self, family: HistogramMetricFamily, label: str) -> None:
        total = 0
        buckets: list[tuple[str, float]] = []
        for edge, count in zip([*self._edges, math.inf], self._counts, strict=True):
            total += count
            buckets.append(("+Inf" if edge == math.inf else repr(float(edge)), total))
        family.add_metric([label], buckets, self._sum)


class PredictionMetrics(Collector):
    """Counts films as they are answered, from any thread.

    The inputs' and probabilities' distributions are of MODEL_NAME alone: beside them, films that nobody has seen yet
    would look like a drift.
    """

    def __init__(self, servings: Iterable[Serving]) -> None:
        self._servings = servings
        self._lock = Lock()
        self._waiting: dict[_Answering, tuple[list[Values], list[Values]]] = {}
        self._answers: Counter[tuple[*_Answering, Category]] = Counter()
        self._unknown = dict.fromkeys((accepted.name for accepted in ACCEPTED), 0)
        self._inputs = {accepted.name: _Distribution(_EDGES[accepted.unit]) for accepted in ACCEPTED}
        self._probabilities = {category: _Distribution(_PROBABILITY_EDGES) for category in CATEGORIES}

    def record(self, served: Served, films: Sequence[Values], probabilities: Sequence[Values]) -> None:
        """Count films, values in the order of ACCEPTED, and the probabilities that were answered for them."""
        with self._lock:
            waiting = self._waiting.setdefault(_answering(served), ([], []))
            waiting[0].extend(films)
            waiting[1].extend(probabilities)
            if len(waiting[0]) >= _COUNTED_TOGETHER:
                self._count_waiting()

    def record_shadow(self, challenger: ServedModel, heard: Predicted) -> None:
        """Count what a challenger would have answered; its probabilities and inputs are no answer's."""
        with self._lock:
            self._count_categories(_answering(Served(challenger, CHALLENGER)), heard.categories)

    def record_all(self, served: Served, predicted: Predicted) -> None:
        """Count many films at once."""
        with self._lock:
            self._count(_answering(served), predicted.films, predicted.probabilities, predicted.categories)

    def _count_waiting(self) -> None:
        for answering, (films, probabilities) in self._waiting.items():
            answered = np.array(probabilities)
            self._count(answering, np.array(films), answered, answered.argmax(axis=1))
        self._waiting.clear()

    def _count(self, answering: _Answering, films: Matrix, probabilities: Matrix, categories: NDArray[np.intp]) -> None:
        self._count_categories(answering, categories)
        if answering[0] == MODEL_NAME:
            self._distribute(films, probabilities, categories)

    def _count_categories(self, answering: _Answering, categories: NDArray[np.intp]) -> None:
        for place, category in enumerate(CATEGORIES):
            self._answers[*answering, category] += int((categories == place).sum())

    def _distribute(self, films: Matrix, probabilities: Matrix, categories: NDArray[np.intp]) -> None:
        for accepted, column in zip(ACCEPTED, films.T, strict=True):
            known = column[~np.isnan(column)]
            self._unknown[accepted.name] += len(column) - len(known)
            self._inputs[accepted.name].add_all(known)
        for place, category in enumerate(CATEGORIES):
            self._probabilities[category].add_all(probabilities[categories == place, place])

    def collect(self) -> Iterator[Metric]:
        with self._lock:
            self._count_waiting()
            families = [self._collect_answers(), *self._collect_inputs()]
        yield from (family for family in families if family.samples)

    def _collect_answers(self) -> CounterMetricFamily:
        family = CounterMetricFamily(PREDICTIONS.name, PREDICTIONS.help, labels=PREDICTIONS.labels)
        # A counter that begins at nothing hides its first step from Prometheus' rates.
        begun = {
            (*_answering(served), category): 0
            for serving in self._servings
            for served in serving.in_place()
            for category in CATEGORIES
        }
        for labels, count in {**begun, **self._answers}.items():
            family.add_metric(labels, count)
        return family

    def _collect_inputs(self) -> Iterator[Metric]:
        inputs = HistogramMetricFamily(INPUT.name, INPUT.help, labels=INPUT.labels)
        unknown = CounterMetricFamily(INPUTS_UNKNOWN.name, INPUTS_UNKNOWN.help, labels=INPUTS_UNKNOWN.labels)
        probabilities = HistogramMetricFamily(
            PREDICTION_PROBABILITY.name, PREDICTION_PROBABILITY.help, labels=PREDICTION_PROBABILITY.labels
        )
        for name, distribution in self._inputs.items():
            distribution.report(inputs, name)
            unknown.add_metric([name], self._unknown[name])
        for category, distribution in self._probabilities.items():
            distribution.report(probabilities, category)
        yield from (inputs, unknown, probabilities)


def _answering(served: Served) -> _Answering:
    return served.model.name, served.model.version, served.role
