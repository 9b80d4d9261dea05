"""The features that every algorithm sees, made from a film's four inputs."""

from typing import Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from cinecote.features import BUDGET, INPUTS, REVENUE, RUNTIME, VOTE_COUNT
from cinecote_train.arrays import Floats

LOGARITHMS = tuple(INPUTS.index(wanted) for wanted in (REVENUE, BUDGET, VOTE_COUNT))
MINUTES = INPUTS.index(RUNTIME)
RATIOS = tuple(
    (INPUTS.index(over), INPUTS.index(under))
    for over, under in ((REVENUE, BUDGET), (VOTE_COUNT, REVENUE), (VOTE_COUNT, BUDGET))
)
"""Pairs of inputs whose logarithms are subtracted: returns, and votes a dollar earned and spent."""

FEATURES = len(LOGARITHMS) + 1 + len(RATIOS)


def film_features(inputs: Floats) -> Floats:
    """[n, 7] from [n, 4]: three logarithms, the running time, three logarithms of ratios; NaN where unknown.

    Every value is one that float32 can hold, so that a unit in the last place between two libraries' logarithms
    never reaches a tree's threshold.
    """
    logarithms = np.log(inputs[:, LOGARITHMS] + 1.0)
    ratios = [logarithms[:, over] - logarithms[:, under] for over, under in RATIOS]
    features = np.column_stack([logarithms, inputs[:, MINUTES], *ratios])
    return features.astype(np.float32).astype(np.float64)


class FilmFeatures(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """`film_features` as a step of a pipeline; learns nothing.

    Attributes
    ----------
    n_features_in_ : int
        4, the inputs of cinecote.features.INPUTS in their order.
    """

    def fit(self, X: Floats, y: object = None) -> Self:  # noqa: ARG002
        """Check the shape.

        Parameters
        ----------
        X : ndarray of shape (n, 4)
            NaN is unknown.
        y : ignored
        """
        if X.ndim != 2 or X.shape[1] != len(INPUTS):
            raise ValueError(f"X must be [n, {len(INPUTS)}]")
        self.n_features_in_ = X.shape[1]
        return self

    def transform(self, X: Floats) -> Floats:
        """The features.

        Parameters
        ----------
        X : ndarray of shape (n, 4)

        Returns
        -------
        ndarray of shape (n, 7)
        """
        return film_features(X)
