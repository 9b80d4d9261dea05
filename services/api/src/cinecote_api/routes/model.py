"""The model that answers."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from cinecote_api.answers import json_answer, model_card
from cinecote_api.direct_route import DirectRoute
from cinecote_api.openapi import answers
from cinecote_api.problems import NO_MODEL
from cinecote_api.schemas import ModelCard
from cinecote_api.serving import Serving


def model_router(serving: Serving) -> APIRouter:
    router = APIRouter(route_class=DirectRoute, tags=["model"])

    @router.get("/v1/model", summary="The served model's card", responses=answers(ModelCard, NO_MODEL))
    async def card(_request: Request) -> Response:
        return json_answer(model_card(serving.model()))

    return router
