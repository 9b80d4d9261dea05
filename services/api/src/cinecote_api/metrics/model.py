"""Which model is served, how good it was found to be, and which ones were refused."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from cinecote.metrics import (
    CHALLENGER_IDLE,
    CHALLENGER_OUTCOMES,
    CHALLENGER_WEIGHT,
    MODEL_BASELINE_SCORE,
    MODEL_INFO,
    MODEL_REFUSED,
    MODEL_SCORE,
    MODEL_TRAINED,
    READY,
)
from cinecote.registry import BASELINES, MODEL_NAME
from cinecote_api.served_model import REASONS, ServedModel
from cinecote_api.serving import OUTCOMES, Served, Serving


class ModelMetrics(Collector):
    """Tells what `serving` holds at the moment of the scrape."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving

    def collect(self) -> Iterator[Metric]:
        refused = CounterMetricFamily(MODEL_REFUSED.name, MODEL_REFUSED.help, labels=MODEL_REFUSED.labels)
        for reason in REASONS:
            refused.add_metric([reason], self._serving.refused[reason])
        yield refused
        yield from self._challenge_families()
        champion = self._serving.champion
        yield GaugeMetricFamily(READY.name, READY.help, value=float(champion is not None))
        if champion is not None:
            yield _info(self._serving.in_place())
            yield from _families(champion)

    def _challenge_families(self) -> Iterator[Metric]:
        challenge = self._serving.challenge
        yield GaugeMetricFamily(
            CHALLENGER_WEIGHT.name, CHALLENGER_WEIGHT.help, value=challenge.traffic.challenger_weight
        )
        yield GaugeMetricFamily(CHALLENGER_IDLE.name, CHALLENGER_IDLE.help, value=float(challenge.is_idle))
        outcomes = CounterMetricFamily(
            CHALLENGER_OUTCOMES.name, CHALLENGER_OUTCOMES.help, labels=CHALLENGER_OUTCOMES.labels
        )
        for outcome in OUTCOMES:
            outcomes.add_metric([outcome], self._serving.outcomes[outcome])
        yield outcomes


def _info(in_place: Iterable[Served]) -> Metric:
    info = GaugeMetricFamily(MODEL_INFO.name, MODEL_INFO.help, labels=MODEL_INFO.labels)
    for model, role in in_place:
        info.add_metric([MODEL_NAME, model.version, model.manifest.sha256, role], 1)
    return info


def _families(model: ServedModel) -> Iterator[Metric]:
    trained = GaugeMetricFamily(MODEL_TRAINED.name, MODEL_TRAINED.help, labels=MODEL_TRAINED.labels)
    trained.add_metric([MODEL_NAME, model.version], model.manifest.trained_at.timestamp())
    yield trained
    yield from (family for family in _score_families(model) if family.samples)


def _score_families(model: ServedModel) -> Iterator[Metric]:
    metrics = dict(model.manifest.metrics)
    baselines = metrics.pop(BASELINES, {})
    scores = GaugeMetricFamily(MODEL_SCORE.name, MODEL_SCORE.help, labels=MODEL_SCORE.labels)
    for name, score in _scores(metrics):
        scores.add_metric([MODEL_NAME, model.version, name], score)
    beside = GaugeMetricFamily(MODEL_BASELINE_SCORE.name, MODEL_BASELINE_SCORE.help, labels=MODEL_BASELINE_SCORE.labels)
    for baseline, measured in baselines.items():
        for name, score in _scores(measured):
            beside.add_metric([MODEL_NAME, model.version, baseline, name], score)
    yield from (scores, beside)


def _scores(metrics: Mapping[str, Any], within: str = "") -> Iterator[tuple[str, float]]:
    """The numbers in `metrics` by their path (`complete_macro_f1`); of one with an interval, its value."""
    for name, whole in metrics.items():
        path = f"{within}_{name}" if within else name
        said = whole.get("value", whole) if isinstance(whole, Mapping) else whole
        if isinstance(said, Mapping):
            yield from _scores(said, path)
        elif isinstance(said, int | float) and not isinstance(said, bool):
            yield path, float(said)
