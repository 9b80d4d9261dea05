"""How far what is asked is from what the champion was trained on."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from cinecote.metrics import DRIFT
from cinecote.registry import MODEL_NAME
from cinecote_api.measuring.drift import MeasuredDrift
from cinecote_api.measuring.keeper import Keeper


class DriftMetrics(Collector):
    """The figures of MODEL_NAME, as its inputs' distributions are, while they are less than an hour old."""

    def __init__(self, keeper: Keeper[MeasuredDrift]) -> None:
        self._keeper = keeper

    def collect(self) -> Iterator[GaugeMetricFamily]:
        measured = self._keeper.fresh().get(MODEL_NAME)
        if measured is None:
            return
        family = GaugeMetricFamily(DRIFT.name, DRIFT.help, labels=DRIFT.labels)
        for figure in measured.drift.figures():
            family.add_metric([figure.input, figure.statistic], figure.value)
        if family.samples:
            yield family
