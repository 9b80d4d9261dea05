"""Calls about one of the registry's models, which `?name=` chooses."""

from typing import Any

from starlette.requests import Request

from cinecote.registry import MODEL_NAME, MODEL_NAMES
from cinecote_api.direct_route import DirectRoute
from cinecote_api.models.followed import FollowedModel, FollowedModels
from cinecote_api.problems.failures import parameter_fault
from cinecote_api.problems.problems import invalid_input

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
    """The model that the request is about; Problem 422 where there is none of this name."""
    said = request.query_params.getlist("name")
    name = said[-1] if said else MODEL_NAME
    if name not in MODEL_NAMES:
        raise invalid_input([parameter_fault("name", f"must be one of {', '.join(MODEL_NAMES)}")])
    return models.named(name)
