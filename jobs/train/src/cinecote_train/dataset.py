"""The films that training works on, as arrays."""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cinecote.films import CATEGORIES
from cinecote.models import AFTER_RELEASE, FilmModel
from cinecote_train.arrays import Flags, Floats, Integers
from cinecote_train.asked_films import askable


@dataclass(frozen=True)
class Films:
    """n labelled films in a fixed order.

    `inputs` is [n, inputs] in the order of those of `model`, NaN where unknown; `categories` indexes CATEGORIES;
    `release_dates` is NaT where unknown; `votes` is how many each film has, whether or not the model may know it.
    """

    inputs: Floats
    categories: Integers
    release_dates: NDArray[np.datetime64]
    identities: NDArray[np.str_]
    sources: NDArray[np.str_]
    vote_maps: NDArray[np.str_]
    votes: Integers
    model: FilmModel = AFTER_RELEASE

    def __len__(self) -> int:
        return len(self.categories)

    def take(self, which: Flags | Integers) -> "Films":
        """The films that a mask or indices choose."""
        return Films(
            inputs=self.inputs[which],
            categories=self.categories[which],
            release_dates=self.release_dates[which],
            identities=self.identities[which],
            sources=self.sources[which],
            vote_maps=self.vote_maps[which],
            votes=self.votes[which],
            model=self.model,
        )

    @property
    def askable(self) -> Flags:
        """Of which films enough is known to ask the model."""
        return askable(self.inputs, self.model.inputs, self.model)

    @property
    def complete(self) -> Flags:
        """Which films have every input known."""
        return np.asarray(~np.isnan(self.inputs).any(axis=1))

    @property
    def category_counts(self) -> dict[str, int]:
        """How many films each category has."""
        counts = np.bincount(self.categories, minlength=len(CATEGORIES))
        return dict(zip(CATEGORIES, counts.tolist(), strict=True))

    @property
    def sha256(self) -> str:
        """Hex digest of all that training sees of the films."""
        state = hashlib.sha256()
        # NaN has many bit patterns; one stands for all.
        known = np.where(np.isnan(self.inputs), np.nan, self.inputs)
        for array in (known, self.categories, self.release_dates.astype("datetime64[D]").astype(np.int64)):
            state.update(np.ascontiguousarray(array).tobytes())
        state.update("\n".join(self.identities.tolist()).encode())
        return state.hexdigest()


def counted(values: NDArray[np.str_]) -> dict[str, int]:
    """How often each value stands in `values`, by name."""
    names, counts = np.unique(values, return_counts=True)
    return dict(zip(names.tolist(), counts.tolist(), strict=True))
