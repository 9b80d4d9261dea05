"""How many requests were answered, and how fast."""

from collections.abc import Iterable, Iterator

import numpy as np
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

from cinecote.metrics import REQUEST_DURATION, REQUESTS_SHED
from cinecote_api.metrics.distribution import Distribution
from cinecote_api.request_log import Request
from cinecote_api.server.shedding import SheddingProtocol

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class SheddingMetrics(Collector):
    """Tells of the requests that never reached the application."""

    def collect(self) -> Iterator[CounterMetricFamily]:
        yield CounterMetricFamily(REQUESTS_SHED.name, REQUESTS_SHED.help, value=SheddingProtocol.shed)


class RequestMetrics(Collector):
    """The requests' histogram; its labels are bounded, whatever is asked for."""

    def __init__(self) -> None:
        self._durations: dict[tuple[str, str, str], Distribution] = {}

    def observe(self, requests: Iterable[Request]) -> None:
        """Count requests that were answered."""
        durations: dict[tuple[str, str, int], list[float]] = {}
        for request in requests:
            durations.setdefault((request.method, request.route, request.status), []).append(request.seconds)
        for (method, route, status), seconds in durations.items():
            labels = (method if method in _METHODS else "other", route, str(status))
            self._durations.setdefault(labels, Distribution(_SECONDS)).add_all(np.array(seconds))

    def collect(self) -> Iterator[HistogramMetricFamily]:
        family = HistogramMetricFamily(REQUEST_DURATION.name, REQUEST_DURATION.help, labels=REQUEST_DURATION.labels)
        for labels, distribution in self._durations.items():
            distribution.report(family, *labels)
        yield family
