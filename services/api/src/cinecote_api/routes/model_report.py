"""How the served model came out of its comparison: the benchmark's table and plots."""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from cinecote.model_report import PLOT_NAME, PLOT_POLICY
from cinecote_api.answers import json_answer, model_name
from cinecote_api.models.carried_report import CarriedReport
from cinecote_api.models.followed import FollowedModels
from cinecote_api.models.schemas import ServedReport
from cinecote_api.models.served_model import ServedModel
from cinecote_api.named_route import NAME_PARAMETER, NamedRoute, named_model
from cinecote_api.openapi import answers, with_picture
from cinecote_api.problems.problems import NO_MODEL, NO_SUCH_MODEL, NOT_FOUND, Problem

_HEADERS = {"Content-Security-Policy": PLOT_POLICY, "Cache-Control": "no-cache"}
_PLOT: dict[str, Any] = {
    "name": "plot",
    "in": "path",
    "required": True,
    "description": "One of the report's plots.",
    "schema": {"type": "string", "pattern": PLOT_NAME},
}
_PROBLEMS = (NOT_FOUND, NO_SUCH_MODEL, NO_MODEL)


class Picture(Response):
    """A plot."""

    media_type = "image/svg+xml"


def model_report_router(models: FollowedModels) -> APIRouter:
    router = APIRouter(route_class=NamedRoute, tags=["model"])

    @router.get(
        "/v1/model/report",
        summary="The comparison that the served model came out of",
        responses=answers(ServedReport, *_PROBLEMS),
        openapi_extra={"parameters": [NAME_PARAMETER]},
    )
    async def report(request: Request) -> Response:
        model = _served(request, models)
        return json_answer({"model": model_name(model), **_carried(model).report.model_dump()})

    @router.get(
        "/v1/model/plots/{plot}.svg",
        summary="One of its plots",
        response_class=Picture,
        responses=with_picture(answers(None, *_PROBLEMS), Picture),
        openapi_extra={"parameters": [_PLOT, NAME_PARAMETER]},
    )
    async def plot(request: Request) -> Response:
        found = _carried(_served(request, models)).plots.get(request.path_params["plot"])
        if found is None:
            raise Problem(NOT_FOUND, "the report has no plot of this name")
        tag = f'"{found.sha256}"'
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers={**_HEADERS, "ETag": tag})
        return Picture(found.svg, headers={**_HEADERS, "ETag": tag})

    return router


def _served(request: Request, models: FollowedModels) -> ServedModel:
    return named_model(request, models).serving.model()


def _carried(model: ServedModel) -> CarriedReport:
    if model.report is None:
        raise Problem(NOT_FOUND, "the served version brings no report")
    return model.report
