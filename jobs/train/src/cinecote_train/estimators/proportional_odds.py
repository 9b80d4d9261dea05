"""The ordinal model: one linear score, cut into the categories in their order."""

from typing import Any, Self

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, log_expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from cinecote_train.arrays import Floats, Integers


class ProportionalOdds(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Cumulative-logit regression, P(y ≤ k) = σ(θ_k − x·w), with an L2 penalty on w.

    The classes' order is that of their labels. The thresholds are the first one and the logarithms of the gaps
    that follow, so that they rise whatever the optimiser tries (McCullagh 1980, "Regression models for ordinal data").

    Parameters
    ----------
    C : float, default=1.0
        Inverse strength of the penalty, as in LogisticRegression: C·Σ weight·loss + |w|²/2 is minimised.
    max_iter : int, default=1000
        Of L-BFGS.
    tol : float, default=1e-8
        The gradient, over the sum of weights, at which it stops.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    coef_ : ndarray of shape (n_features,)
    thresholds_ : ndarray of shape (n_classes - 1,)
        Rising.
    n_iter_ : int
    """

    def __init__(self, C: float = 1.0, *, max_iter: int = 1000, tol: float = 1e-8):
        self.C = C
        self.max_iter = max_iter
        self.tol = tol

    def fit(self, X: Floats, y: Any, sample_weight: Any = None) -> Self:
        """Fit the weights and the thresholds.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        y : array-like of shape (n_samples,)
        sample_weight : array-like of shape (n_samples,), optional

        Returns
        -------
        self
        """
        X, y = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(y)
        weights = _check_sample_weight(sample_weight, X, dtype=np.float64)
        self.classes_, ranks = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError("Classifier can't train when only one class is present.")
        problem = _Problem(X, ranks, weights, len(self.classes_), self.C)
        found = minimize(
            problem.loss_and_gradient,
            problem.start(),
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": self.max_iter, "gtol": self.tol, "ftol": 1e-15, "maxcor": 20},
        )
        self.coef_ = found.x[: X.shape[1]]
        self.thresholds_ = _thresholds(found.x[X.shape[1] :])
        self.n_iter_ = int(found.nit)
        return self

    def predict_proba(self, X: Floats) -> Floats:
        """Probabilities of the classes in their order.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
        """
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        at_most = expit(self.thresholds_ - (X @ self.coef_)[:, np.newaxis])
        probabilities: Floats = np.diff(at_most, axis=1, prepend=0.0, append=1.0)
        return probabilities

    def predict(self, X: Floats) -> Any:
        """The likeliest class of each row.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)

        Returns
        -------
        ndarray of shape (n_samples,)
        """
        likeliest = self.predict_proba(X).argmax(axis=1)
        return self.classes_[likeliest]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        # The checks score it on three classes that lie in no order along any line.
        tags.classifier_tags.poor_score = True
        return tags


class _Problem:
    """The penalised mean loss and its gradient in (w, θ_1, log gaps)."""

    def __init__(self, X: Floats, ranks: Integers, weights: Floats, classes: int, C: float) -> None:
        self.X, self.ranks, self.weights, self.classes = X, ranks, weights, classes
        self.scale = 1.0 / float(weights.sum())
        self.penalty = self.scale / C

    def start(self) -> Floats:
        """No weights, and the thresholds that the classes' shares alone would give."""
        shares = np.bincount(self.ranks, self.weights, self.classes) + 1e-3 * self.weights.sum()
        below = (shares.cumsum() / shares.sum())[:-1]
        thresholds = np.log(below) - np.log1p(-below)
        gaps = np.log(np.diff(thresholds))
        return np.concatenate([np.zeros(self.X.shape[1]), thresholds[:1], gaps])

    def loss_and_gradient(self, parameters: Floats) -> tuple[float, Floats]:
        coefficients, raw = np.split(parameters, [self.X.shape[1]])
        edges = np.concatenate([[-np.inf], _thresholds(raw), [np.inf]])
        score = self.X @ coefficients
        lower, upper = edges[self.ranks] - score, edges[self.ranks + 1] - score
        gap = np.diff(edges)[self.ranks]
        # log(σ(b) − σ(a)) = log σ(b) + log σ(−a) + log(1 − exp(a − b)): no difference of nearly equal numbers.
        losses = -(log_expit(upper) + log_expit(-lower) + np.log(-np.expm1(-gap)))
        from_upper, from_lower = self._weighted(-expit(-upper)), self._weighted(expit(lower))
        with np.errstate(over="ignore"):
            from_gap = self._weighted(-1.0 / np.expm1(gap))
        loss = self.scale * (self.weights @ losses) + 0.5 * self.penalty * (coefficients @ coefficients)
        by_coefficient = self.penalty * coefficients - self.X.T @ (from_upper + from_lower)
        return float(loss), np.concatenate([by_coefficient, self._by_threshold(from_upper, from_lower, from_gap, raw)])

    def _weighted(self, derivative: Floats) -> Floats:
        return self.scale * self.weights * derivative

    def _by_threshold(self, from_upper: Floats, from_lower: Floats, from_gap: Floats, raw: Floats) -> Floats:
        inner = slice(1, self.classes)
        upper_edges = np.bincount(self.ranks + 1, from_upper, self.classes + 1)[inner]
        lower_edges = np.bincount(self.ranks, from_lower, self.classes + 1)[inner]
        by_edge = upper_edges + lower_edges
        by_gap = np.bincount(self.ranks, from_gap, self.classes)[1:-1]
        # Raising one threshold raises those above it too: each is the first plus the gaps up to it.
        following = by_edge[::-1].cumsum()[::-1]
        return np.concatenate([following[:1], (following[1:] + by_gap) * np.exp(raw[1:])])


def _thresholds(raw: Floats) -> Floats:
    return np.cumsum(np.concatenate([raw[:1], np.exp(raw[1:])]))
