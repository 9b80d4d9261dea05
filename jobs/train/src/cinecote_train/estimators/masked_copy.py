"""Teaches a classifier what to make of unknown inputs."""

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from cinecote_train.arrays import Floats, Integers


class MaskedCopy(ClassifierMixin, MetaEstimatorMixin, BaseEstimator):  # type: ignore[misc]
    """Fit on the films and on one copy of them with some known inputs hidden.

    Training films nearly always have their votes and mostly their money known, while a person may know any part.
    Only `predict_proba` is offered, so that a calibrator around this one works on probabilities, whatever the
    classifier inside.

    Parameters
    ----------
    estimator : Pipeline
        Its last step takes `sample_weight`.
    hidden : float
        Share of the copy's known inputs that are hidden; a film never loses its last one.
    weight : float
        A copied film's weight beside an original's 1.
    random_state : int

    Attributes
    ----------
    estimator_ : Pipeline
        Fitted.
    classes_ : ndarray
    """

    def __init__(self, estimator: Pipeline, *, hidden: float = 0.35, weight: float = 0.5, random_state: int = 0):
        self.estimator = estimator
        self.hidden = hidden
        self.weight = weight
        self.random_state = random_state

    def fit(self, X: Floats, y: Integers) -> Self:
        """Fit a clone of `estimator`.

        Parameters
        ----------
        X : ndarray of shape (n, n_inputs)
            NaN is unknown.
        y : ndarray of shape (n,)
        """
        masked = hide(X, self.hidden, np.random.default_rng(self.random_state))
        weights = np.repeat([1.0, self.weight], len(X))
        weight_name = f"{self.estimator.steps[-1][0]}__sample_weight"
        self.estimator_ = clone(self.estimator).fit(
            np.vstack([X, masked]), np.concatenate([y, y]), **{weight_name: weights}
        )
        self.classes_ = self.estimator_.classes_
        return self

    def predict_proba(self, X: Floats) -> Floats:
        """Probabilities of the classes.

        Parameters
        ----------
        X : ndarray of shape (n, n_inputs)

        Returns
        -------
        ndarray of shape (n, n_classes)
            Never above 1: scikit-learn's temperature scaling takes a batch with a single 1.0000000000000002 in it
            for logits.
        """
        check_is_fitted(self)
        return np.minimum(np.asarray(self.estimator_.predict_proba(X), dtype=np.float64), 1.0)

    def predict(self, X: Floats) -> Any:
        """The likeliest class of each row.

        Parameters
        ----------
        X : ndarray of shape (n, n_inputs)

        Returns
        -------
        ndarray of shape (n,)
        """
        likeliest = self.predict_proba(X).argmax(axis=1)
        return self.classes_[likeliest]


def hide(inputs: Floats, share: float, rng: np.random.Generator) -> Floats:
    """A copy with about `share` of the known values made NaN; a row that knew something still does."""
    known = ~np.isnan(inputs)
    hidden = known & (rng.random(inputs.shape) < share)
    lottery = np.where(known, rng.random(inputs.shape), -1.0)
    spared = lottery.argmax(axis=1)
    emptied = known.any(axis=1) & ~(known & ~hidden).any(axis=1)
    hidden[emptied, spared[emptied]] = False
    return np.where(hidden, np.nan, inputs)
