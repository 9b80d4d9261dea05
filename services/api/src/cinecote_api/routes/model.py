"""The model that answers."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from cinecote_api.answers import json_answer, model_card
from cinecote_api.models.followed import FollowedModels
from cinecote_api.named_route import NAME_PARAMETER, NamedRoute, named_model
from cinecote_api.openapi import answers
from cinecote_api.problems.problems import NO_MODEL, NO_SUCH_MODEL
from cinecote_api.schemas import ModelCard


def model_router(models: FollowedModels) -> APIRouter:
    router = APIRouter(route_class=NamedRoute, tags=["model"])

    @router.get(
        "/v1/model",
        summary="The served model's card",
        responses=answers(ModelCard, NO_SUCH_MODEL, NO_MODEL),
        openapi_extra={"parameters": [NAME_PARAMETER]},
    )
    async def card(request: Request) -> Response:
        return json_answer(model_card(named_model(request, models).serving.model()))

    return router
