"""Whether the process lives, whether it can do its work, and what it measured."""

from collections.abc import Iterator

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from cinecote.metrics import READY
from cinecote_web.api_client import ApiClient


class _Reach(Collector):
    """Whether the page can do its work, found out at each scrape: no probe depends on the api (see `health_checks`)."""

    def __init__(self, api: ApiClient) -> None:
        self._api = api

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield GaugeMetricFamily(READY.name, READY.help, value=float(self._api.is_there()))

    def describe(self) -> Iterator[GaugeMetricFamily]:
        # Registering would collect otherwise, and ask an api that may not be there yet.
        yield GaugeMetricFamily(READY.name, READY.help)


def health_checks(api: ApiClient, registry: CollectorRegistry) -> Blueprint:
    """`/livez` touches nothing; `/readyz` is 200 while the api answers, with or without a model; `/metrics`.

    A cluster's probes take `/livez` for both: pages that say the api is away are better than no page.
    """
    checks = Blueprint("health", __name__)
    registry.register(_Reach(api))

    @checks.get("/livez")
    def live() -> ResponseReturnValue:
        return {"status": "live"}

    @checks.get("/readyz")
    def ready() -> ResponseReturnValue:
        if api.is_there():
            return {"status": "ready"}
        return {"status": "not ready", "detail": "the api does not answer"}, 503, {"Retry-After": "5"}

    @checks.get("/metrics")
    def metrics() -> ResponseReturnValue:
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

    return checks
