"""What is said of many films at once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from cinecote.features import InputFault
from cinecote.films import CATEGORIES
from cinecote_api.models.graph import Matrix
from cinecote_api.models.served_model import ServedModel
from cinecote_api.predictions.prediction import decide_all

# Built ten thousand times an answer: a third of the time that dictionaries take.
ByCategory: Any = msgspec.defstruct("ByCategory", [(category, float) for category in CATEGORIES], gc=False)


class Said(msgspec.Struct, gc=False):
    """A prediction, in the members of its answer."""

    category: str
    probabilities: Any
    certain: bool


class SaidOfOne(Said, gc=False):
    """The same in an answer of its own."""

    model: dict[str, str]


class Failed(msgspec.Struct, gc=False):
    error: InputFault


@dataclass(frozen=True, slots=True)
class Predicted:
    """Films [n, 5] in the order of ACCEPTED, NaN unknown, and what a model says of each."""

    films: Matrix
    probabilities: Matrix
    categories: NDArray[np.intp]
    certain: NDArray[np.bool_]

    def said(self) -> Iterator[Said]:
        """In the order of the films."""
        names = [CATEGORIES[place] for place in self.categories.tolist()]
        for name, probabilities, certain in zip(names, self.probabilities.tolist(), self.certain.tolist(), strict=True):
            yield Said(name, ByCategory(*probabilities), certain)


def predict_all(model: ServedModel, films: Matrix) -> Predicted:
    """What `model` says of films [n, 5]."""
    return decided(model, films, model.probabilities(films))


def decided(model: ServedModel, films: Matrix, probabilities: Matrix) -> Predicted:
    """What `model` says of films [n, 5], to which it has given these probabilities [n, 3]."""
    return Predicted(films, probabilities, *decide_all(probabilities, model.manifest.margin))


def merged(count: int, said: Iterator[Said], faults: Mapping[int, InputFault]) -> Sequence[Said | Failed]:
    """For each of `count` films, in order, its fault or what comes next of the others."""
    if not faults:
        return list(said)
    return [Failed(faults[index]) if index in faults else next(said) for index in range(count)]
