"""Keeps a linear model from extrapolating."""

from typing import Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from cinecote_train.arrays import Floats


class SeenRange(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Bring each column into the range that it had in training.

    A polynomial says anything at all beyond it: a film that nobody voted for lies far below the films it was fitted on.

    Attributes
    ----------
    lowest_ : ndarray of shape (n_features,)
    highest_ : ndarray of shape (n_features,)
    """

    def fit(self, X: Floats, y: object = None) -> Self:  # noqa: ARG002
        """Remember the columns' ranges.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        y : ignored
        """
        X = validate_data(self, X, dtype=np.float64)
        self.lowest_ = X.min(axis=0)
        self.highest_ = X.max(axis=0)
        return self

    def transform(self, X: Floats) -> Floats:
        """The same columns, none beyond its range.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)

        Returns
        -------
        ndarray of shape (n_samples, n_features)
        """
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        clipped: Floats = np.clip(X, self.lowest_, self.highest_)
        return clipped
