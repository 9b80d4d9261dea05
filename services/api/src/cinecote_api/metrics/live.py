"""How good each version's answers were."""

from collections.abc import Iterator
from dataclasses import fields

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from cinecote.metrics import MODEL_LIVE_FILMS, MODEL_LIVE_SCORE
from cinecote_api.measuring.keeper import Keeper
from cinecote_api.measuring.live import MeasuredLive


class LiveMetrics(Collector):
    """The live figures of every model while they are less than an hour old."""

    def __init__(self, keeper: Keeper[MeasuredLive]) -> None:
        self._keeper = keeper

    def collect(self) -> Iterator[GaugeMetricFamily]:
        films, scores = (
            GaugeMetricFamily(metric.name, metric.help, labels=metric.labels)
            for metric in (MODEL_LIVE_FILMS, MODEL_LIVE_SCORE)
        )
        for name, measured in self._keeper.fresh().items():
            for version in measured.versions:
                films.add_metric([name, version.version], version.films)
                for score in fields(version.scores):
                    if told := getattr(version.scores, score.name):
                        scores.add_metric([name, version.version, score.name], told.value)
        yield from (family for family in (films, scores) if family.samples)
