"""Whether the process lives, whether it can do its work, and what it measured."""

from collections.abc import Iterator

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from cinecote.metrics import READY
from cinecote_web.api_client import ApiClient


class _LastCheck(Collector):
    """What the last check found; nothing before the first, for a scrape asks nobody."""

    def __init__(self) -> None:
        self.ready: bool | None = None

    def collect(self) -> Iterator[GaugeMetricFamily]:
        if self.ready is not None:
            yield GaugeMetricFamily(READY.name, READY.help, value=float(self.ready))


def health_checks(api: ApiClient, registry: CollectorRegistry) -> Blueprint:
    """`/livez` touches nothing; `/readyz` is 200 while the api answers, with or without a model; `/metrics`."""
    checks = Blueprint("health", __name__)
    last = _LastCheck()
    registry.register(last)

    @checks.get("/livez")
    def live() -> ResponseReturnValue:
        return {"status": "live"}

    @checks.get("/readyz")
    def ready() -> ResponseReturnValue:
        last.ready = api.is_there()
        if last.ready:
            return {"status": "ready"}
        return {"status": "not ready", "detail": "the api does not answer"}, 503, {"Retry-After": "5"}

    @checks.get("/metrics")
    def metrics() -> ResponseReturnValue:
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

    return checks
