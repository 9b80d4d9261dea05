"""Calls about one of the registry's models, which `?name=` chooses."""

from typing import Any

from starlette.requests import Request

from cinecote.registry import MODEL_NAME, MODEL_NAMES
from cinecote_api.direct_route import DirectRoute
from cinecote_api.models.followed import FollowedModel, FollowedModels

NAME_PARAMETER: dict[str, Any] = {
    "name": "name",
    "in": "query",
    "description": "Which model is meant.",
    "schema": {"type": "string", "enum": [*MODEL_NAMES], "default": MODEL_NAME},
}


class NamedRoute(DirectRoute):
    """Leaves the model's name to the endpoint (see named_model)."""

    reads = frozenset({"name"})


def named_model(request: Request, models: FollowedModels) -> FollowedModel:
    """The model that the request is about; Problem 404 where there is none of this name."""
    said = request.query_params.getlist("name")
    return models.named(said[-1] if said else MODEL_NAME)
