"""Whether a graph answers as the library's model does."""

from dataclasses import dataclass

import numpy as np
from sklearn.base import BaseEstimator

from cinecote_train.arrays import Floats
from cinecote_train.dataset import Films
from cinecote_train.generated_films import generated_films
from cinecote_train.serving import ServedGraph

TOLERANCE = 1e-5
"""How far a probability may be from the library's."""

CLOSE_CALL = 2e-5
"""Where the two likeliest categories are nearer than this, either is a right answer."""


@dataclass(frozen=True)
class Parity:
    """How two sets of answers to the same films compare; `other_labels` doesn't count close calls."""

    films: int
    greatest_difference: float
    other_labels: int

    @property
    def holds(self) -> bool:
        # Written so that a NaN fails.
        return self.greatest_difference <= TOLERANCE and self.other_labels == 0

    def __str__(self) -> str:
        return (
            f"{self.films} films, greatest difference {self.greatest_difference:.1e}, "
            f"{self.other_labels} other categories"
        )


def parity(library: Floats, graph: Floats) -> Parity:
    """Compare [n, categories] probabilities of the same films."""
    ranked = np.sort(library, axis=1)
    clear = ranked[:, -1] - ranked[:, -2] > CLOSE_CALL
    other = library.argmax(axis=1) != graph.argmax(axis=1)
    return Parity(
        films=len(library),
        greatest_difference=float(np.abs(library - graph).max()),
        other_labels=int((other & clear).sum()),
    )


def check(model: BaseEstimator, graph: ServedGraph, films: Films, seed: int) -> Parity:
    """Compare the library's model and its graph on `films` and on 100,000 generated ones like them."""
    asked = np.vstack([films.inputs, generated_films(films.inputs, films.model.inputs, seed)])
    return parity(model.predict_proba(asked), graph.probabilities(asked))
