"""The features that every algorithm sees, made from a film's inputs."""

from typing import Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from cinecote.features import BUDGET, RELEASE_YEAR, REVENUE, RUNTIME, VOTE_COUNT, Input
from cinecote_train.arrays import Floats

Inputs = tuple[Input, ...]
"""What the columns of a film's inputs are, in their order."""

_LOGARITHMIC = (REVENUE, BUDGET, VOTE_COUNT)
_AS_THEY_ARE = (RUNTIME, RELEASE_YEAR)
_RATIOS = ((REVENUE, BUDGET), (VOTE_COUNT, REVENUE), (VOTE_COUNT, BUDGET))
"""Pairs of inputs whose logarithms are subtracted: returns, and votes a dollar earned and spent."""


def logarithms(wanted: Inputs) -> list[int]:
    """The columns of `wanted` that are told by their logarithms, which are the first features."""
    return [wanted.index(each) for each in _LOGARITHMIC if each in wanted]


def as_they_are(wanted: Inputs) -> list[int]:
    """The columns of `wanted` that are features as they are, which follow the logarithms."""
    return [wanted.index(each) for each in _AS_THEY_ARE if each in wanted]


def ratios(wanted: Inputs) -> list[tuple[int, int]]:
    """Pairs of places among the logarithms, whose differences are the last features."""
    present = [each for each in _LOGARITHMIC if each in wanted]
    return [(present.index(over), present.index(under)) for over, under in _RATIOS if {over, under} <= set(present)]


def film_features(inputs: Floats, wanted: Inputs) -> Floats:
    """[n, features] from [n, wanted]: logarithms, plain values, logarithms of ratios; NaN where unknown.

    Every value is one that float32 can hold, so that a unit in the last place between two libraries' logarithms
    never reaches a tree's threshold.
    """
    logs = np.log(inputs[:, logarithms(wanted)] + 1.0)
    differences = [logs[:, over] - logs[:, under] for over, under in ratios(wanted)]
    features = np.column_stack([logs, inputs[:, as_they_are(wanted)], *differences])
    return features.astype(np.float32).astype(np.float64)


class FilmFeatures(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """`film_features` as a step of a pipeline; learns nothing.

    Parameters
    ----------
    wanted : tuple of Input
        What the columns are.

    Attributes
    ----------
    n_features_in_ : int
        How many they are.
    """

    def __init__(self, wanted: Inputs) -> None:
        self.wanted = wanted

    def fit(self, X: Floats, y: object = None) -> Self:  # noqa: ARG002
        """Check the shape.

        Parameters
        ----------
        X : ndarray of shape (n, inputs)
            NaN is unknown.
        y : ignored
        """
        if X.ndim != 2 or X.shape[1] != len(self.wanted):
            raise ValueError(f"X must be [n, {len(self.wanted)}]")
        self.n_features_in_ = X.shape[1]
        return self

    def transform(self, X: Floats) -> Floats:
        """The features.

        Parameters
        ----------
        X : ndarray of shape (n, inputs)

        Returns
        -------
        ndarray of shape (n, features)
        """
        return film_features(X, self.wanted)
