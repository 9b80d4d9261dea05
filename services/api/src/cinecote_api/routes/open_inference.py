"""The Open Inference Protocol, version 2: the models' metadata and their predictions."""

from importlib.metadata import version
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from cinecote_api.answers import json_answer
from cinecote_api.direct_route import DirectRoute
from cinecote_api.models.followed import FollowedModels
from cinecote_api.models.serving import Serving
from cinecote_api.observation import REQUEST_ID
from cinecote_api.open_inference.inference_answer import Inference
from cinecote_api.open_inference.inference_request import NO_BINARY
from cinecote_api.open_inference.models import OpenModel, open_model
from cinecote_api.open_inference.schemas import (
    INFERENCE_REQUEST,
    MODEL_PARAMETER,
    VERSION_PARAMETER,
    InferenceAnswer,
    ModelMetadata,
    ModelReady,
    ServerLive,
    ServerMetadata,
    ServerReady,
)
from cinecote_api.openapi import answers, json_body
from cinecote_api.predictions.batch_workers import BatchWorkers
from cinecote_api.predictions.film_prediction import LARGEST_FILM
from cinecote_api.predictions.recording import Recorder
from cinecote_api.problems.problems import (
    BUSY,
    MALFORMED,
    NO_MODEL,
    NO_SUCH_MODEL,
    NOT_FOUND,
    TOO_LARGE,
    TOO_SLOW,
    UNSUPPORTED_MEDIA_TYPE,
    UNUSABLE_TENSORS,
    Problem,
)
from cinecote_api.request_body import held_json_body
from cinecote_api.routes.predictions import LARGEST_BATCH

_MODEL_PROBLEMS = (NOT_FOUND, NO_SUCH_MODEL, NO_MODEL)
_BODY_PROBLEMS = (MALFORMED, UNUSABLE_TENSORS, TOO_SLOW, TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, BUSY)

_PATHS = {
    "/v2/models/{model}": [MODEL_PARAMETER],
    "/v2/models/{model}/versions/{version}": [MODEL_PARAMETER, VERSION_PARAMETER],
}


def open_inference_router(models: FollowedModels, recorder: Recorder, workers: BatchWorkers) -> APIRouter:
    router = APIRouter(route_class=DirectRoute, tags=["open inference protocol"])
    _add_server(router, models.at("after").serving)
    for path, parameters in _PATHS.items():
        _add_model(router, models, path, {"parameters": parameters})
        _add_inference(router, Inference(models, recorder), workers, path, {"parameters": parameters})
    return router


def _add_server(router: APIRouter, serving: Serving) -> None:
    @router.get("/v2/", include_in_schema=False)
    @router.get("/v2", summary="The server", responses=answers(ServerMetadata, by_protocol=True))
    async def server(_request: Request) -> Response:
        return json_answer({"name": "cinecote-api", "version": version("cinecote-api"), "extensions": []})

    @router.get("/v2/health/live", summary="The process is alive", responses=answers(ServerLive, by_protocol=True))
    async def live(_request: Request) -> Response:
        return json_answer({"live": True})

    @router.get(
        "/v2/health/ready",
        summary="A verified model is served",
        responses=answers(ServerReady, NO_MODEL, by_protocol=True),
    )
    async def ready(_request: Request) -> Response:
        serving.model()
        return json_answer({"live": True, "ready": True})


def _add_model(router: APIRouter, models: FollowedModels, path: str, documented: dict[str, Any]) -> None:
    @router.get(
        path,
        summary="The model",
        responses=answers(ModelMetadata, *_MODEL_PROBLEMS, by_protocol=True),
        openapi_extra=documented,
    )
    async def metadata(request: Request) -> Response:
        described, serving = _asked(request, models)
        # A version may be in place in both roles.
        versions = dict.fromkeys(served.model.version for served in serving.in_place())
        return json_answer(described.metadata([*versions]))

    @router.get(
        f"{path}/ready",
        summary="The model answers",
        responses=answers(ModelReady, *_MODEL_PROBLEMS, by_protocol=True),
        openapi_extra=documented,
    )
    async def ready(request: Request) -> Response:
        described, _ = _asked(request, models)
        return json_answer({"name": described.name, "ready": True})


def _add_inference(
    router: APIRouter, inference: Inference, workers: BatchWorkers, path: str, documented: dict[str, Any]
) -> None:
    @router.post(
        f"{path}/infer",
        summary="Predict the rows of tensors",
        responses=answers(InferenceAnswer, *_MODEL_PROBLEMS, *_BODY_PROBLEMS, by_model=True, by_protocol=True),
        openapi_extra=documented | json_body(INFERENCE_REQUEST),
    )
    async def predict(request: Request) -> Response:
        described, _ = _asked(request, inference.models)
        if "inference-header-content-length" in request.headers:
            raise Problem(UNSUPPORTED_MEDIA_TYPE, NO_BINARY)
        async with held_json_body(request, LARGEST_BATCH) as body:
            asked = (described, request.path_params.get("version"), request.scope[REQUEST_ID], body)
            if len(body) <= LARGEST_FILM:
                # Sooner answered than handed to a thread.
                return inference.answer(*asked)
            return await workers.run(lambda: inference.answer(*asked))


def _asked(request: Request, models: FollowedModels) -> tuple[OpenModel, Serving]:
    """The model that the path names, of which this version is served; Problem 404, 409 or 503 where there is none."""
    described = open_model(request.path_params["model"])
    serving, number = models.named(described.name).serving, request.path_params.get("version")
    if number is None:
        serving.model()
    else:
        serving.version(number)
    return described, serving
