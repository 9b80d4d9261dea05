"""Every version there is, and what was decided about it."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from cinecote import ledger
from cinecote_api.answers import json_answer
from cinecote_api.database_reader import DatabaseAway, DatabaseReader
from cinecote_api.models.followed import FollowedModels
from cinecote_api.models.registered import MOST_PROMOTIONS, models_told
from cinecote_api.models.schemas import RegisteredModels
from cinecote_api.named_route import NAME_PARAMETER, NamedRoute, named_model
from cinecote_api.openapi import answers
from cinecote_api.problems.problems import NO_DATABASE, NO_REGISTRY, unavailable
from cinecote_api.registry.registry import RegistryAway

_RETRY_AFTER_S = 5


def models_router(models: FollowedModels, reader: DatabaseReader) -> APIRouter:
    router = APIRouter(route_class=NamedRoute, tags=["model"])

    @router.get(
        "/v1/models",
        summary="Every version with its figures, and the promotions' ledger",
        responses=answers(RegisteredModels, NO_DATABASE, NO_REGISTRY),
        openapi_extra={"parameters": [NAME_PARAMETER]},
    )
    async def registered(request: Request) -> Response:
        model = named_model(request, models)
        name = model.serving.name
        try:
            versions = await model.versions.read()
            promotions = await reader.read(lambda connection: ledger.entries(connection, MOST_PROMOTIONS, name))
        except RegistryAway:
            raise unavailable(NO_REGISTRY, "the versions are not known", _RETRY_AFTER_S) from None
        except DatabaseAway:
            raise unavailable(NO_DATABASE, "the promotions can't be read", _RETRY_AFTER_S) from None
        return json_answer(models_told(versions, promotions, model.serving))

    return router
