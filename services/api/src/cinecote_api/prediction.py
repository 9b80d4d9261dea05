"""A film's probabilities, and the category that follows from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan

from cinecote.films import CATEGORIES, Category


@dataclass(frozen=True, slots=True)
class Prediction:
    """The likeliest category; `certain` where the second is at least the model's margin behind."""

    category: Category
    probabilities: dict[Category, float]
    certain: bool


def decide(probabilities: Sequence[float], margin: float) -> Prediction:
    """What to answer, given probabilities in the order of CATEGORIES; of equal ones the lower category.

    ArithmeticError where they are none: a model that passed every check may still fail on a film.
    """
    if isnan(sum(probabilities)):
        raise ArithmeticError("the graph answers with NaN")
    second, first = sorted(probabilities)[-2:]
    return Prediction(
        CATEGORIES[list(probabilities).index(first)],
        dict(zip(CATEGORIES, probabilities, strict=True)),
        first - second >= margin,
    )
