"""What was predicted, and from which inputs."""

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
from cinecote_api.metrics.distribution import Distribution
from cinecote_api.models.graph import Matrix
from cinecote_api.models.served_model import ServedModel
from cinecote_api.models.serving import Answering, Served, Serving
from cinecote_api.predictions.outcomes import Predicted

_EDGES: dict[str, Sequence[float]] = {
    "dollars": [step * 10.0**power for power in range(3, 10) for step in (1, 2, 5)],
    "votes": [0, *(step * 10.0**power for power in range(0, 5) for step in (1, 2, 5))],
    "minutes": [10, 20, 40, 60, 70, 80, 85, 90, 95, 100, 105, 110, 120, 130, 150, 180, 240],
    "year": [1920, 1940, 1950, 1960, 1970, 1980, 1990, 1995, 2000, 2005, 2010, 2015, 2020, 2025, 2030],
}
_PROBABILITY_EDGES = [0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0]

Values = Sequence[float]


class PredictionMetrics(Collector):
    """Counts films as they are answered, from any thread.

    The inputs' and probabilities' distributions are of MODEL_NAME alone: beside them, films that nobody has seen yet
    would look like a drift.
    """

    def __init__(self, servings: Iterable[Serving]) -> None:
        self._servings = servings
        self._lock = Lock()
        self._answers: Counter[tuple[*Answering, Category]] = Counter()
        self._unknown = dict.fromkeys((accepted.name for accepted in ACCEPTED), 0)
        self._inputs = {accepted.name: Distribution(_EDGES[accepted.unit]) for accepted in ACCEPTED}
        self._probabilities = {category: Distribution(_PROBABILITY_EDGES) for category in CATEGORIES}

    def record(self, answering: Answering, films: Sequence[Values], probabilities: Sequence[Values]) -> None:
        """Count films, values in the order of ACCEPTED, and the probabilities that were answered for them."""
        answered = np.array(probabilities)
        with self._lock:
            self._count(answering, np.array(films), answered, answered.argmax(axis=1))

    def record_shadow(self, challenger: ServedModel, heard: Predicted) -> None:
        """Count what a challenger would have answered; its probabilities and inputs are no answer's."""
        with self._lock:
            self._count_categories(Served(challenger, CHALLENGER).answering, heard.categories)

    def record_all(self, served: Served, predicted: Predicted) -> None:
        """Count many films at once."""
        with self._lock:
            self._count(served.answering, predicted.films, predicted.probabilities, predicted.categories)

    def _count(self, answering: Answering, films: Matrix, probabilities: Matrix, categories: NDArray[np.intp]) -> None:
        self._count_categories(answering, categories)
        if answering[0] == MODEL_NAME:
            self._distribute(films, probabilities, categories)

    def _count_categories(self, answering: Answering, categories: NDArray[np.intp]) -> None:
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
            families = [self._collect_answers(), *self._collect_inputs()]
        yield from (family for family in families if family.samples)

    def _collect_answers(self) -> CounterMetricFamily:
        family = CounterMetricFamily(PREDICTIONS.name, PREDICTIONS.help, labels=PREDICTIONS.labels)
        # A counter that begins at nothing hides its first step from Prometheus' rates.
        begun = {
            (*served.answering, category): 0
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
