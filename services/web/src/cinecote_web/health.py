"""Whether the process lives, whether it can do its work, and what it measured."""

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from cinecote_web.api_client import ApiClient


def health_checks(api: ApiClient, registry: CollectorRegistry) -> Blueprint:
    """`/livez` touches nothing; `/readyz` is 200 while the api answers, with or without a model; `/metrics`."""
    checks = Blueprint("health", __name__)

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
