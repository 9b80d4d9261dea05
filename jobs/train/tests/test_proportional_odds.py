from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from scipy.optimize import check_grad
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.utils.estimator_checks import estimator_checks_generator

from cinecote_train.arrays import Floats, Integers
from cinecote_train.estimators.nearest_rows import NearestRows
from cinecote_train.estimators.proportional_odds import ProportionalOdds, _Problem
from cinecote_train.estimators.seen_range import SeenRange


def ordered(films: int, seed: int) -> tuple[Floats, Integers]:
    """Drawn from the model itself: weights 1.5 and -0.5, thresholds -1 and 1.5."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(films, 2))
    latent = X @ [1.5, -0.5] + rng.logistic(size=films)
    return X, np.searchsorted([-1.0, 1.5], latent)


def conventions() -> Iterator[Any]:
    """scikit-learn's checks but those of array libraries other than numpy, which nothing here uses."""
    for estimator in (ProportionalOdds(), SeenRange(), NearestRows()):
        for _, check in estimator_checks_generator(estimator):
            if check.func.__name__ != "check_array_api_input":
                yield pytest.param(estimator, check, id=f"{type(estimator).__name__} {check.func.__name__}")


@pytest.mark.parametrize(("estimator", "check"), list(conventions()))
def test_it_keeps_scikit_learns_conventions(estimator: BaseEstimator, check: Callable[[BaseEstimator], None]) -> None:
    check(estimator)


def test_it_finds_the_weights_and_thresholds_that_the_films_were_drawn_from() -> None:
    X, y = ordered(40_000, seed=0)

    model = ProportionalOdds(C=1e6).fit(X, y)

    assert model.coef_ == pytest.approx([1.5, -0.5], abs=0.05)
    assert model.thresholds_ == pytest.approx([-1.0, 1.5], abs=0.05)


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_the_gradient_is_that_of_the_loss(classes: int) -> None:
    rng = np.random.default_rng(classes)
    X, ranks, weights = rng.normal(size=(60, 4)), rng.integers(classes, size=60), rng.random(60) + 0.1
    problem = _Problem(X, ranks, weights, classes, C=0.7)
    at = problem.start() + rng.normal(scale=0.3, size=4 + classes - 1)

    difference = check_grad(lambda p: problem.loss_and_gradient(p)[0], lambda p: problem.loss_and_gradient(p)[1], at)

    assert difference < 1e-6


def test_with_two_classes_it_is_logistic_regression() -> None:
    X, y = ordered(500, seed=1)
    y = np.minimum(y, 1)

    ours = ProportionalOdds(C=0.3).fit(X, y).predict_proba(X)

    library = LogisticRegression(C=0.3, tol=1e-8, max_iter=1_000).fit(X, y).predict_proba(X)
    assert np.abs(ours - library).max() < 1e-5


def test_probabilities_stay_sound_far_from_the_training_films() -> None:
    model = ProportionalOdds().fit(*ordered(300, seed=2))

    probabilities = model.predict_proba(np.array([[1e6, 0.0], [-1e6, 0.0], [0.0, 0.0]]))

    assert (probabilities >= 0).all()
    assert probabilities.sum(axis=1) == pytest.approx(1.0)
    assert probabilities.argmax(axis=1).tolist() == [2, 0, 1]
