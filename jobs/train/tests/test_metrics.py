import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score, f1_score, log_loss

from cinecote_train import metrics
from cinecote_train.arrays import Floats, Integers


def made(films: int, seed: int) -> tuple[Integers, Floats]:
    rng = np.random.default_rng(seed)
    weights = np.exp(rng.normal(size=(films, 3)))
    return rng.integers(3, size=films), weights / weights.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("seed", range(5))
def test_figures_agree_with_scikit_learn(seed: int) -> None:
    labels, probabilities = made(200, seed)
    named = probabilities.argmax(axis=1)

    confusion = metrics.confusion(labels, probabilities)

    assert metrics.macro_f1(confusion) == pytest.approx(f1_score(labels, named, average="macro"))
    assert metrics.quadratic_weighted_kappa(confusion) == pytest.approx(
        cohen_kappa_score(labels, named, weights="quadratic")
    )
    assert metrics.log_losses(labels, probabilities).mean() == pytest.approx(log_loss(labels, probabilities))


def test_a_stack_of_confusions_is_scored_as_each_alone() -> None:
    stack = np.stack([metrics.confusion(*made(50, seed)) for seed in range(4)])

    together = metrics.macro_f1(stack), metrics.quadratic_weighted_kappa(stack)

    for place, confusion in enumerate(stack):
        assert together[0][place] == pytest.approx(metrics.macro_f1(confusion))
        assert together[1][place] == pytest.approx(metrics.quadratic_weighted_kappa(confusion))


@pytest.mark.parametrize(
    ("probabilities", "loss"),
    [([0.0, 0.0, 1.0], 0.0), ([0.0, 1.0, 0.0], 0.5), ([1.0, 0.0, 0.0], 1.0), ([0.0, 0.5, 0.5], 0.125)],
)
def test_the_ranked_probability_score_grows_with_the_distance_in_rank(probabilities: list[float], loss: float) -> None:
    found = metrics.ranked_probability_losses(np.array([2]), np.array([probabilities]))

    assert found == pytest.approx([loss])


def test_a_category_that_is_neither_there_nor_named_counts_as_nothing() -> None:
    confusion = np.diag([5.0, 5.0, 0.0])

    assert metrics.macro_f1(confusion) == pytest.approx(2 / 3)


def test_naming_one_category_always_is_no_agreement() -> None:
    always_the_first = np.array([[5.0, 0, 0], [5, 0, 0], [5, 0, 0]])

    assert metrics.quadratic_weighted_kappa(always_the_first) == pytest.approx(0.0)


def test_a_category_given_no_chance_has_a_finite_loss() -> None:
    losses = metrics.log_losses(np.array([0]), np.array([[0.0, 0.0, 1.0]]))

    assert np.isfinite(losses).all()
