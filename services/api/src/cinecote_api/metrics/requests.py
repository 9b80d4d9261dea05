"""How many requests were answered, and how fast."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

from cinecote.metrics import REQUEST_DURATION, REQUESTS_SHED
from cinecote_api.shedding import SheddingProtocol

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class SheddingMetrics(Collector):
    """Tells of the requests that never reached the application."""

    def collect(self) -> Iterator[CounterMetricFamily]:
        yield CounterMetricFamily(REQUESTS_SHED.name, REQUESTS_SHED.help, value=SheddingProtocol.shed)


class RequestMetrics:
    """The requests' histogram; its labels are bounded, whatever is asked for."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._durations = Histogram(
            REQUEST_DURATION.name, REQUEST_DURATION.help, REQUEST_DURATION.labels, buckets=_SECONDS, registry=registry
        )
        self._known: dict[tuple[str, str, int], Histogram] = {}

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request to the route with this template."""
        key = (method if method in _METHODS else "other", route, status)
        series = self._known.get(key)
        if series is None:
            series = self._known[key] = self._durations.labels(key[0], route, str(status))
        series.observe(seconds)
