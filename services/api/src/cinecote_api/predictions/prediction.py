"""A film's probabilities, and the category that follows from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

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
    one = decide_one(probabilities, margin)
    return Prediction(CATEGORIES[one.place], dict(zip(CATEGORIES, probabilities, strict=True)), one.certain)


class One(NamedTuple):
    """A prediction as short as it can be said: `place` is the category's in CATEGORIES, as are `probabilities`'."""

    place: int
    certain: bool
    probabilities: tuple[float, ...]


def decide_one(probabilities: Sequence[float], margin: float) -> One:
    """What `decide` answers; ArithmeticError alike."""
    if isnan(sum(probabilities)):
        raise ArithmeticError("the graph answers with NaN")
    _, second, first = sorted(probabilities)
    return One(probabilities.index(first), first - second >= margin, tuple(probabilities))


def decide_all(probabilities: NDArray[np.float64], margin: float) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """For each row of probabilities, the place in CATEGORIES of what `decide` answers, and whether it is certain."""
    second, first = np.sort(probabilities, axis=1)[:, -2:].T
    # argmax takes the first of equal ones, as decide does.
    return probabilities.argmax(axis=1), first - second >= margin
