"""What probes and Prometheus ask."""

from fastapi import APIRouter
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from cinecote_api.answers import json_answer, model_name
from cinecote_api.direct_route import DirectRoute
from cinecote_api.metrics.database import DatabaseMetrics
from cinecote_api.models.serving import Serving
from cinecote_api.openapi import answers
from cinecote_api.problems.problems import NO_MODEL
from cinecote_api.schemas import Health, Readiness


def health_router(serving: Serving, database: DatabaseMetrics, metrics: CollectorRegistry) -> APIRouter:
    router = APIRouter(route_class=DirectRoute, tags=["health"])

    @router.get("/livez", summary="The process is alive", responses=answers(Health))
    async def live(_request: Request) -> Response:
        return json_answer({"status": "alive"})

    @router.get(
        "/readyz",
        summary="A verified model is served",
        responses=answers(Readiness, NO_MODEL, description="It has answered its golden requests as in training"),
    )
    async def ready(_request: Request) -> Response:
        return json_answer({"status": "ready", "model": model_name(serving.model())})

    @router.get("/metrics", summary="Metrics for Prometheus", responses=answers(None), response_class=PlainTextResponse)
    async def tell(request: Request) -> Response:
        await database.renew()
        encode, media_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(metrics), headers={"Content-Type": media_type})

    return router
