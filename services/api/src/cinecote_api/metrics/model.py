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
from cinecote_api.models.served_model import REASONS, ServedModel
from cinecote_api.models.serving import OUTCOMES, Served, Serving


class ModelMetrics(Collector):
    """Tells what `servings` hold at the moment of the scrape."""

    def __init__(self, servings: Iterable[Serving]) -> None:
        self._servings = {serving.name: serving for serving in servings}

    def collect(self) -> Iterator[Metric]:
        refused = CounterMetricFamily(MODEL_REFUSED.name, MODEL_REFUSED.help, labels=MODEL_REFUSED.labels)
        for reason in REASONS:
            refused.add_metric([reason], sum(serving.refused[reason] for serving in self._servings.values()))
        yield refused
        yield from self._challenge_families()
        # Without the other model everything else works as ever.
        yield GaugeMetricFamily(READY.name, READY.help, value=float(self._servings[MODEL_NAME].champion is not None))
        champions = [serving.champion for serving in self._servings.values() if serving.champion is not None]
        if champions:
            yield _info(served for serving in self._servings.values() for served in serving.in_place())
            yield from _families(champions)

    def _challenge_families(self) -> Iterator[Metric]:
        weight, idle = (
            GaugeMetricFamily(metric.name, metric.help, labels=metric.labels)
            for metric in (CHALLENGER_WEIGHT, CHALLENGER_IDLE)
        )
        outcomes = CounterMetricFamily(
            CHALLENGER_OUTCOMES.name, CHALLENGER_OUTCOMES.help, labels=CHALLENGER_OUTCOMES.labels
        )
        for name, serving in self._servings.items():
            weight.add_metric([name], serving.challenge.traffic.challenger_weight)
            idle.add_metric([name], float(serving.challenge.is_idle))
            for outcome in OUTCOMES:
                outcomes.add_metric([name, outcome], serving.outcomes[outcome])
        yield from (weight, idle, outcomes)


def _info(in_place: Iterable[Served]) -> Metric:
    info = GaugeMetricFamily(MODEL_INFO.name, MODEL_INFO.help, labels=MODEL_INFO.labels)
    for model, role in in_place:
        info.add_metric([model.name, model.version, model.manifest.sha256, role], 1)
    return info


def _families(models: Iterable[ServedModel]) -> Iterator[Metric]:
    trained, scores, beside = (
        GaugeMetricFamily(metric.name, metric.help, labels=metric.labels)
        for metric in (MODEL_TRAINED, MODEL_SCORE, MODEL_BASELINE_SCORE)
    )
    for model in models:
        trained.add_metric([model.name, model.version], model.manifest.trained_at.timestamp())
        metrics = dict(model.manifest.metrics)
        for baseline, measured in metrics.pop(BASELINES, {}).items():
            for name, score in _scores(measured):
                beside.add_metric([model.name, model.version, baseline, name], score)
        for name, score in _scores(metrics):
            scores.add_metric([model.name, model.version, name], score)
    yield from (family for family in (trained, scores, beside) if family.samples)


def _scores(metrics: Mapping[str, Any], within: str = "") -> Iterator[tuple[str, float]]:
    """The numbers in `metrics` by their path (`complete_macro_f1`); of one with an interval, its value."""
    for name, whole in metrics.items():
        path = f"{within}_{name}" if within else name
        said = whole.get("value", whole) if isinstance(whole, Mapping) else whole
        if isinstance(said, Mapping):
            yield from _scores(said, path)
        elif isinstance(said, int | float) and not isinstance(said, bool):
            yield path, float(said)
