"""What is found out about the model while it serves."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from cinecote_api.answers import json_answer
from cinecote_api.measuring.drift import MeasuredDrift
from cinecote_api.measuring.drift_told import DriftAnswer, drift_told
from cinecote_api.measuring.keeper import Keeper
from cinecote_api.models.followed import FollowedModels
from cinecote_api.named_route import NAME_PARAMETER, NamedRoute, named_model
from cinecote_api.openapi import answers
from cinecote_api.problems.problems import NO_MODEL, NO_SUCH_MODEL, NOT_FOUND, NOT_MEASURED, unavailable

_RETRY_AFTER_S = 30


def model_figures_router(models: FollowedModels, drifts: Keeper[MeasuredDrift]) -> APIRouter:
    router = APIRouter(route_class=NamedRoute, tags=["model"])

    @router.get(
        "/v1/model/drift",
        summary="How far what is asked lately is from the training films",
        responses=answers(DriftAnswer, NOT_FOUND, NO_SUCH_MODEL, NO_MODEL, NOT_MEASURED),
        openapi_extra={"parameters": [NAME_PARAMETER]},
    )
    async def drift(request: Request) -> Response:
        model = named_model(request, models).serving.model()
        measured = drifts.kept.get(model.name)
        if measured is None:
            raise unavailable(NOT_MEASURED, "what was asked has not been read yet", _RETRY_AFTER_S)
        return json_answer(drift_told(measured))

    return router
