"""What an admin may change of the model that is served."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cinecote_web.numbers import NotANumber, Notation, read_count

_WHOLE = 100


@dataclass(frozen=True, slots=True)
class ModelChange:
    """A call of the api's; `name` is what this page calls it."""

    name: str
    method: str
    path: str
    body: dict[str, Any] | None = None


RELOAD = ModelChange("reload", "POST", "/v1/model/reload")
ROLLBACK = ModelChange("rollback", "POST", "/v1/model/rollback")
NO_CHANGE = ModelChange("nothing", "PUT", "/v1/model/traffic", {})
"""What the api refuses from an admin, and changes nothing by."""


def traffic(weight: Decimal, *, shadow: bool) -> ModelChange:
    """The challenger answers `weight` percent of the requests, or hears all of them where it is in the shadow."""
    body = {"challenger_weight": float(weight / _WHOLE), "shadow": shadow}
    return ModelChange("traffic", "PUT", "/v1/model/traffic", body)


def read_weight(typed: str, notation: Notation) -> Decimal:
    """Percent, from 0 to 100; NotANumber where that isn't what was typed."""
    weight = read_count(typed.strip().removesuffix("%"), notation)
    if weight is None or not 0 <= weight <= _WHOLE:
        raise NotANumber
    return weight
