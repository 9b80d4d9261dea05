"""How old the films are that explanations compare with."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from cinecote.metrics import FILM_INDEX
from cinecote_api.explanations.index_keeper import IndexKeeper


class FilmIndexMetrics(Collector):
    """Tells nothing before the first index is whole."""

    def __init__(self, keeper: IndexKeeper) -> None:
        self._keeper = keeper

    def collect(self) -> Iterator[GaugeMetricFamily]:
        if self._keeper.looked_at is not None:
            yield GaugeMetricFamily(FILM_INDEX.name, FILM_INDEX.help, value=self._keeper.looked_at)
