"""The shapes of what is told of versions and of what may be changed, for the documentation."""

from datetime import datetime
from typing import Any

from cinecote.model_report import ModelReport
from cinecote_api.schemas import ModelName, Shape

TRAFFIC: dict[str, Any] = {
    "type": "object",
    "required": ["challenger_weight"],
    "additionalProperties": False,
    "properties": {
        "challenger_weight": {
            "type": "number",
            "minimum": 0,
            "maximum": 1,
            "description": "The share of requests that the challenger answers, by the request's id.",
        },
        "shadow": {
            "type": "boolean",
            "default": False,
            "description": "The challenger answers none and hears all, after their answers; its weight waits.",
        },
    },
    "examples": [{"challenger_weight": 0.1, "shadow": False}],
}


class ChangedModel(Shape):
    """The champion that is served now, and whether it is another one than before."""

    model: ModelName
    changed: bool


class SetTraffic(Shape):
    """The traffic that is asked for, the version that takes it, and why there is none where there isn't."""

    challenger_weight: float
    shadow: bool
    challenger: str | None
    fault: str | None


class ServedReport(ModelReport):
    """The table of the comparison that the served model came out of."""

    model: ModelName


class RegisteredVersionTold(Shape):
    version: str
    created_at: datetime
    sha256: str | None
    aliases: list[str]
    metrics: dict[str, float]


class PromotionTold(Shape):
    at: datetime
    version: str
    previous: str | None
    decision: str
    reason: str
    metrics: dict[str, Any]


class RefusalTold(Shape):
    """A version that the registry names for a role and that must not be served."""

    role: str
    version: str
    reason: str
    detail: str
    at: datetime


class RegisteredModels(Shape):
    """The newest versions and decisions first."""

    name: str
    versions: list[RegisteredVersionTold]
    promotions: list[PromotionTold]
    refused: list[RefusalTold]
    traffic: SetTraffic
