import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier

from cinecote_train.arrays import Floats, Integers
from cinecote_train.estimators.nearest_rows import NearestRows


def rows(count: int, seed: int) -> tuple[Floats, Integers]:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(count, 3))
    return X, np.searchsorted([-0.5, 0.7], X[:, 0] + rng.normal(scale=0.5, size=count))


@pytest.mark.parametrize("p", [1, 2])
def test_without_weights_it_is_scikit_learns_with_one_row_more_that_has_the_shares_of_all(p: int) -> None:
    (X, y), (asked, _) = rows(300, 0), rows(50, 1)

    found = NearestRows(20, p=p).fit(X, y).predict_proba(asked)

    library = KNeighborsClassifier(20, p=p).fit(X, y).predict_proba(asked)
    assert found == pytest.approx((20 * library + np.bincount(y) / 300) / 21)


def test_a_rows_weight_is_how_many_rows_it_is_heard_as() -> None:
    (X, y), (asked, _) = rows(200, 2), rows(50, 3)
    weights = np.random.default_rng(4).integers(0, 4, size=200)

    weighted = NearestRows(15).fit(X, y, sample_weight=weights).predict_proba(asked)

    repeated = NearestRows(15).fit(X.repeat(weights, axis=0), y.repeat(weights)).predict_proba(asked)
    assert weighted == pytest.approx(repeated)


def test_the_last_row_that_is_heard_is_heard_in_part() -> None:
    X, y = np.array([[0.0], [1.0], [2.0]]), np.array([0, 1, 1])

    (probabilities,) = NearestRows(2).fit(X, y, sample_weight=[1.5, 1.5, 3.0]).predict_proba(np.array([[0.0]]))

    assert probabilities == pytest.approx(np.array([1.5 + 0.25, 0.5 + 0.75]) / 3)
