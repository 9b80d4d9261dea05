import itertools
import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from cinecote_api.explanations.shapley import shapley_shares

Matrix = NDArray[np.float64]


def _model(seed: int, inputs: int) -> Callable[[Matrix], Matrix]:
    """Probabilities of inputs that work together, so that no share is one input's own doing."""
    random = np.random.default_rng(seed)
    first, second = random.normal(size=(inputs, 7)), random.normal(size=(7, 3))

    def run(rows: Matrix) -> Matrix:
        scores = np.exp(np.tanh(np.nan_to_num(rows, nan=-2.0) @ first) @ second)
        answer: Matrix = scores / scores.sum(axis=1, keepdims=True)
        return answer

    return run


def _by_definition(run: Callable[[Matrix], Matrix], film: Matrix, background: Matrix) -> Matrix:
    """The mean, over all orders in which inputs can become known, of what each then adds."""
    shares = np.zeros((len(film), 3))
    orders = list(itertools.permutations(range(len(film))))
    for order in orders:
        rows = background.copy()
        before = run(rows).mean(axis=0)
        for place in order:
            rows[:, place] = film[place]
            after = run(rows).mean(axis=0)
            shares[place] += (after - before) / len(orders)
            before = after
    return shares


@pytest.mark.parametrize("inputs", [1, 3, 4, 5])
def test_shares_are_those_of_the_definition(inputs: int) -> None:
    random = np.random.default_rng(inputs)
    film, background = random.normal(size=inputs), random.normal(size=(6, inputs))
    film[-1] = math.nan
    background[2, 0] = math.nan
    run = _model(inputs, inputs)

    probabilities, base, shares = shapley_shares(run, film, background)

    np.testing.assert_allclose(shares, _by_definition(run, film, background), atol=1e-12)
    np.testing.assert_allclose(base, run(background).mean(axis=0), atol=1e-12)
    np.testing.assert_allclose(base + shares.sum(axis=0), probabilities, atol=1e-12)
    np.testing.assert_allclose(probabilities, run(film[None])[0], atol=1e-12)


def test_the_model_is_asked_once_about_all_coalitions() -> None:
    asked: list[int] = []

    def run(rows: Matrix) -> Matrix:
        asked.append(len(rows))
        return np.full((len(rows), 3), 1 / 3)

    shapley_shares(run, np.zeros(4), np.ones((32, 4)))

    assert asked == [15 * 32 + 1]


def test_an_input_that_the_model_does_not_look_at_has_no_share() -> None:
    whole = _model(1, 3)

    _, _, shares = shapley_shares(lambda rows: whole(rows * [1, 0, 1]), np.ones(3), np.full((4, 3), -1.0))

    assert np.abs(shares[1]).max() < 1e-12
    assert np.abs(shares[0]).max() > 1e-3
