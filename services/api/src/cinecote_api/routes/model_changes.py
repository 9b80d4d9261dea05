"""What an admin may change of what is served."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from fastapi import APIRouter
from sqlalchemy.exc import DBAPIError
from starlette.requests import Request
from starlette.responses import Response

from cinecote.exits import AlreadyRunning, CommandError
from cinecote_api.answers import json_answer, model_name
from cinecote_api.models.followed import FollowedModels
from cinecote_api.models.registered import traffic_told
from cinecote_api.models.schemas import TRAFFIC, ChangedModel, SetTraffic
from cinecote_api.models.served_model import RefusedModel
from cinecote_api.models.traffic import InvalidTraffic, read_traffic
from cinecote_api.named_route import NAME_PARAMETER, NamedRoute, named_model
from cinecote_api.openapi import answers, json_body
from cinecote_api.predictions.json_body import parse_film
from cinecote_api.problems.problems import (
    MALFORMED,
    MODEL_REFUSED,
    NO_CHAMPION,
    NO_DATABASE,
    NO_REGISTRY,
    PROMOTION_UNDER_WAY,
    TOO_LARGE,
    TOO_SLOW,
    UNSUPPORTED_MEDIA_TYPE,
    Problem,
    invalid_input,
    unavailable,
)
from cinecote_api.registry.registry import NoChampion, NoModel, RegistryAway
from cinecote_api.request_body import read_json_body

_RETRY_AFTER_S = 5
_LARGEST_TRAFFIC = 1024
_CHANGES = (MODEL_REFUSED, NO_CHAMPION, NO_REGISTRY)
_NAMED = {"parameters": [NAME_PARAMETER]}

Answer = TypeVar("Answer")


def model_changes_router(models: FollowedModels) -> APIRouter:
    router = APIRouter(route_class=NamedRoute, tags=["model"])

    @router.post(
        "/v1/model/reload",
        summary="Look at the registry now",
        responses=answers(ChangedModel, *_CHANGES, description="The registry's champion is served here"),
        openapi_extra=_NAMED,
    )
    async def reload(request: Request) -> Response:
        model = named_model(request, models)
        changed = await _change(model.watcher.reload)
        return json_answer({"model": model_name(model.serving.model()), "changed": changed})

    @router.post(
        "/v1/model/rollback",
        summary="Serve the champion before this one again",
        responses=answers(
            ChangedModel,
            *_CHANGES,
            PROMOTION_UNDER_WAY,
            NO_DATABASE,
            description="It is champion, and served here",
        ),
        openapi_extra=_NAMED,
    )
    async def roll_back(request: Request) -> Response:
        served = await _change(named_model(request, models).rollback.roll_back)
        return json_answer({"model": model_name(served), "changed": True})

    @router.put(
        "/v1/model/traffic",
        summary="Set what of the requests goes to the challenger",
        responses=answers(SetTraffic, NO_CHAMPION, NO_REGISTRY, MALFORMED, TOO_SLOW, TOO_LARGE, UNSUPPORTED_MEDIA_TYPE),
        openapi_extra=json_body(TRAFFIC) | _NAMED,
    )
    async def set_traffic(request: Request) -> Response:
        watcher = named_model(request, models).watcher
        body = await read_json_body(request, _LARGEST_TRAFFIC)
        try:
            traffic = read_traffic(parse_film(body))
        except InvalidTraffic as invalid:
            raise invalid_input(invalid.faults) from None
        return json_answer(traffic_told(await _change(lambda: watcher.set_traffic(traffic))))

    return router


async def _change(work: Callable[[], Answer]) -> Answer:
    """What `work` gives, off the event loop; where it can't be done, the Problem that says why."""
    try:
        return await asyncio.to_thread(work)
    except RefusedModel as refused:
        raise Problem(MODEL_REFUSED, f"{refused.reason}: {refused}") from None
    except NoChampion as nothing:
        raise Problem(NO_CHAMPION, str(nothing)) from None
    except NoModel:
        raise Problem(NO_CHAMPION, "no model has been registered yet") from None
    except AlreadyRunning:
        raise Problem(PROMOTION_UNDER_WAY, "it takes some seconds; look at /v1/models, then try again") from None
    except (CommandError, DBAPIError):
        raise unavailable(NO_DATABASE, "the promotions' ledger can't be written", _RETRY_AFTER_S) from None
    except (RegistryAway, OSError) as away:
        raise unavailable(NO_REGISTRY, "what is served stays as it is", _RETRY_AFTER_S) from away
