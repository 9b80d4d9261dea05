"""What is found out about the model while it serves."""

from typing import TypeVar

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from cinecote_api.answers import json_answer
from cinecote_api.measuring.drift import MeasuredDrift
from cinecote_api.measuring.drift_told import DriftAnswer, drift_told
from cinecote_api.measuring.keeper import Dated, Keeper
from cinecote_api.measuring.live import MeasuredLive
from cinecote_api.measuring.live_told import LiveAnswer, live_told
from cinecote_api.models.followed import FollowedModel, FollowedModels
from cinecote_api.named_route import NAME_PARAMETER, NamedRoute, named_model
from cinecote_api.openapi import answers
from cinecote_api.problems.problems import NO_MODEL, NO_SUCH_MODEL, NOT_MEASURED, unavailable

_RETRY_AFTER_S = 30

Measured = TypeVar("Measured", bound=Dated)


def model_figures_router(
    models: FollowedModels, drifts: Keeper[MeasuredDrift], lives: Keeper[MeasuredLive]
) -> APIRouter:
    router = APIRouter(route_class=NamedRoute, tags=["model"])

    @router.get(
        "/v1/model/drift",
        summary="How far what is asked lately is from the training films",
        responses=answers(DriftAnswer, NO_SUCH_MODEL, NO_MODEL, NOT_MEASURED),
        openapi_extra={"parameters": [NAME_PARAMETER]},
    )
    async def drift(request: Request) -> Response:
        return json_answer(drift_told(_kept(drifts, named_model(request, models))))

    @router.get(
        "/v1/model/live",
        summary="How good the answers were about films whose votes came in later",
        responses=answers(LiveAnswer, NO_SUCH_MODEL, NO_MODEL, NOT_MEASURED),
        openapi_extra={"parameters": [NAME_PARAMETER]},
    )
    async def live(request: Request) -> Response:
        return json_answer(live_told(_kept(lives, named_model(request, models))))

    return router


def _kept(keeper: Keeper[Measured], model: FollowedModel) -> Measured:
    """What was measured last of the model; Problem 503 or 409 where there is nothing yet."""
    measured = keeper.kept.get(model.serving.model().name)
    if measured is None:
        raise unavailable(NOT_MEASURED, "what was asked has not been read yet", _RETRY_AFTER_S)
    return measured
