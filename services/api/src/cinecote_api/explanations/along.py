"""How a film's probabilities go while one of its inputs changes and the others stay."""

from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
import numpy as np
from msgspec import DecodeError, Meta
from starlette.datastructures import QueryParams

from cinecote.features import ACCEPTED, KNOWN_BEFORE_RELEASE, InputFault
from cinecote.films import CATEGORIES, Category
from cinecote_api.models.served_model import ServedModel
from cinecote_api.predictions.json_body import Values
from cinecote_api.predictions.when import When
from cinecote_api.problems.problems import invalid_input

MOST_POINTS = 64
"""As many films as the search for the smallest change asks about."""

_PLACES = {accepted.name: place for place, accepted in enumerate(ACCEPTED)}
_values = msgspec.json.Decoder(Annotated[list[float], Meta(min_length=1, max_length=MOST_POINTS)])

PARAMETERS: list[dict[str, Any]] = [
    {
        "name": "along",
        "in": "query",
        "description": "An input: how the probabilities go along it is told besides, at each of `values`.",
        "schema": {"type": "string", "enum": [*_PLACES]},
    },
    {
        "name": "values",
        "in": "query",
        "description": "Of the input `along`, each known.",
        "style": "form",
        "explode": False,
        "schema": {"type": "array", "items": {"type": "number"}, "minItems": 1, "maxItems": MOST_POINTS},
    },
]


@dataclass(frozen=True, slots=True)
class Along:
    """Values that the input at `place` in ACCEPTED is to take."""

    place: int
    values: list[float]

    def points(self, model: ServedModel, film: Values) -> list[dict[str, Any]]:
        """What `model` says of `film` at each value."""
        films = np.tile(np.array(film), (len(self.values), 1))
        films[:, self.place] = self.values
        said = model.probabilities(films).tolist()
        return [
            {"value": value, "probabilities": _by_category(each)} for value, each in zip(self.values, said, strict=True)
        ]


def read_along(query: QueryParams, when: When) -> Along | None:
    """What an address asks for, None where it names no input; Problem 422 where that can't be told."""
    name, text = query.get("along"), query.get("values")
    if name is None and text is None:
        return None
    if name not in _PLACES or (when == "before" and ACCEPTED[_PLACES[name]] not in KNOWN_BEFORE_RELEASE):
        raise invalid_input([InputFault("?along", "must be an input of such a film")])
    return Along(_PLACES[name], _read_values(_PLACES[name], text or ""))


def _read_values(place: int, text: str) -> list[float]:
    try:
        values = [ACCEPTED[place].read(value) for value in _values.decode(f"[{text}]")]
    except (DecodeError, ValueError):
        values = []
    if not values or any(value != value for value in values):  # NaN: unknown
        told = f"must be 1 to {MOST_POINTS} numbers, each a known value of the input"
        raise invalid_input([InputFault("?values", told)])
    return values


def _by_category(probabilities: list[float]) -> dict[Category, float]:
    return dict(zip(CATEGORIES, probabilities, strict=True))
