"""A prediction explained."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cinecote.features import ACCEPTED
from cinecote.films import CATEGORIES, Category
from cinecote_api.explanations.along import Along
from cinecote_api.explanations.film_index import FilmIndex, Neighbour
from cinecote_api.explanations.flip import nearest_flip
from cinecote_api.explanations.shapley import shapley_shares
from cinecote_api.models.graph import Matrix
from cinecote_api.models.served_model import ACCEPTED_BY, ServedModel
from cinecote_api.predictions.json_body import Values
from cinecote_api.predictions.prediction import Prediction, decide

NEIGHBOURS = 5

_BY_NAME = {accepted.name: accepted for accepted in ACCEPTED}
_NO_SHARES = [0.0] * len(CATEGORIES)


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a film's prediction is made of, by the model's `shares` and by the nearest known films.

    Where it is asked for, `along` has the points of a curve along an input.
    """

    prediction: Prediction
    base: dict[Category, float]
    inputs: list[dict[str, Any]]
    flip: dict[str, Any] | None
    neighbours: list[Neighbour]
    along: list[dict[str, Any]] | None = None


def explain(model: ServedModel, film: Values, index: FilmIndex | None, along: Along | None = None) -> Explanation:
    """Explain what `model` says of `film`; an input that it may be told and doesn't use has share 0."""
    asked = np.array([film[place] for place in model.places])
    probabilities, base, shares = shapley_shares(model.graph.run, asked, _background(model))
    prediction = decide(probabilities.tolist(), model.manifest.margin)
    by_name = dict(zip(model.manifest.inputs, shares.tolist(), strict=True))
    inputs = [
        {"name": it.name, "value": _known(film[place]), "shares": _by_category(by_name.get(it.name, _NO_SHARES))}
        for place, it in enumerate(ACCEPTED)
        if it in ACCEPTED_BY[model.name]
    ]
    neighbours = index.nearest(np.array(film), NEIGHBOURS) if index else []
    flip, points = _flip(model, asked, prediction), along.points(model, film) if along else None
    return Explanation(prediction, _by_category(base.tolist()), inputs, flip, neighbours, points)


def _background(model: ServedModel) -> Matrix:
    """The manifest's films to compare with; where it has none, a film of which nothing is known."""
    rows = model.manifest.background or [[None] * len(model.manifest.inputs)]
    return np.array(rows, dtype=np.float64)


def _flip(model: ServedModel, film: Matrix, prediction: Prediction) -> dict[str, Any] | None:
    inputs = [_BY_NAME[name] for name in model.manifest.inputs]
    category = CATEGORIES.index(prediction.category)
    flip = nearest_flip(model.graph.run, film, category, inputs, model.manifest.histograms)
    if flip is None:
        return None
    return {
        "input": inputs[flip.place].name,
        "from": float(film[flip.place]),
        "to": flip.value,
        "category": CATEGORIES[flip.category],
    }


def _by_category(values: Sequence[float]) -> dict[Category, float]:
    return dict(zip(CATEGORIES, values, strict=True))


def _known(value: float) -> float | None:
    return None if value != value else value  # NaN
