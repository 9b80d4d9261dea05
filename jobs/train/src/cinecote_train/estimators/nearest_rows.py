"""The nearest rows of the training, each heard by its weight."""

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.neighbors import NearestNeighbors
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from cinecote_train.arrays import Floats


class NearestRows(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """The classes' shares among the nearest rows whose weights add up to `n_neighbors`.

    scikit-learn's KNeighborsClassifier takes no sample weights, and a masked copy of a film counts less than the film.
    A row of weight 2 is heard as two rows of weight 1 are. One row more has the shares of the whole training, so that
    no class is ever held to be impossible.

    Parameters
    ----------
    n_neighbors : int, default=50
    p : float, default=2
        Of the Minkowski distance: 1 adds the columns' differences up, 2 is the straight line.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    weights_ : ndarray of shape (n_rows,)
        Of the rows that weigh anything.
    shares_ : ndarray of shape (n_classes,)
    """

    def __init__(self, n_neighbors: int = 50, *, p: float = 2):
        self.n_neighbors = n_neighbors
        self.p = p

    def fit(self, X: Floats, y: Any, sample_weight: Any = None) -> Self:
        """Keep the rows.

        Parameters
        ----------
        X : array-like of shape (n_rows, n_features)
        y : array-like of shape (n_rows,)
        sample_weight : array-like of shape (n_rows,), optional

        Returns
        -------
        self
        """
        X, y = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(y)
        weights = _check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)
        heard = weights > 0
        self.classes_, self._classes = np.unique(y[heard], return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError("Classifier can't train when only one class is present.")
        self.weights_ = weights[heard]
        self.shares_ = np.bincount(self._classes, self.weights_) / self.weights_.sum()
        enough = int(min(len(self.weights_), np.ceil(self.n_neighbors / self.weights_.min())))
        self._nearest = NearestNeighbors(n_neighbors=enough, p=self.p).fit(X[heard])
        return self

    def predict_proba(self, X: Floats) -> Floats:
        """Probabilities of the classes.

        Parameters
        ----------
        X : array-like of shape (n, n_features)

        Returns
        -------
        ndarray of shape (n, n_classes)
        """
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        rows = self._nearest.kneighbors(X, return_distance=False)
        weights = self.weights_[rows]
        nearer = weights.cumsum(axis=1) - weights
        voices = np.clip(self.n_neighbors - nearer, 0.0, weights)
        of_class = [(voices * (self._classes[rows] == each)).sum(axis=1) for each in range(len(self.classes_))]
        votes = np.column_stack(of_class) + self.shares_
        probabilities: Floats = votes / votes.sum(axis=1, keepdims=True)
        return probabilities

    def predict(self, X: Floats) -> Any:
        """The likeliest class of each row.

        Parameters
        ----------
        X : array-like of shape (n, n_features)

        Returns
        -------
        ndarray of shape (n,)
        """
        likeliest = self.predict_proba(X).argmax(axis=1)
        return self.classes_[likeliest]
