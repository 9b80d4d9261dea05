import math
from collections.abc import Callable, Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from cinecote.features import ACCEPTED, INPUTS
from cinecote.registry import Histogram
from cinecote_api.explanations.flip import MOST_ROWS, Flip, nearest_flip

Matrix = NDArray[np.float64]
FILM = {"revenue": 150e6, "budget": 30e6, "vote_count": 5200.0, "runtime": 121.0}
HISTOGRAMS = {
    "revenue": Histogram(edges=[1e5, 1e7, 1e9], counts=[50, 50], unknown=0),
    "budget": Histogram(edges=[1e5, 1e7, 1e9], counts=[50, 50], unknown=0),
    "runtime": Histogram(edges=[60, 100, 180], counts=[50, 50], unknown=0),
}


class Steps:
    """Says `bien` where an input is over its step, and counts what it is asked."""

    def __init__(self, **steps: float) -> None:
        self.steps = [steps.get(accepted.name, math.inf) for accepted in INPUTS]
        self.calls: list[int] = []

    def __call__(self, rows: Matrix) -> Matrix:
        self.calls.append(len(rows))
        over = np.any(rows > self.steps, axis=1, keepdims=True)
        return np.where(over, [0.1, 0.2, 0.7], [0.6, 0.3, 0.1])


def _flip(
    run: Callable[[Matrix], Matrix],
    film: Mapping[str, float],
    category: int = 0,
    histograms: Mapping[str, Histogram] = HISTOGRAMS,
) -> Flip | None:
    row = np.array([film.get(accepted.name, math.nan) for accepted in INPUTS])
    return nearest_flip(run, row, category, INPUTS, histograms)


@pytest.mark.parametrize("step", [30e6 + 1, 31e6, 47_654_321, 900e6, 99e9])
def test_a_change_is_found_close_behind_the_step_where_the_category_changes(step: float) -> None:
    steps = Steps(budget=step)

    flip = _flip(steps, FILM)

    assert flip is not None
    assert (INPUTS[flip.place].name, flip.category) == ("budget", 2)
    assert step < flip.value == round(flip.value)
    assert math.log(flip.value / 30e6) <= 1.25 * math.log(step / 30e6) + 0.1
    assert len(steps.calls) <= 2
    assert sum(steps.calls) <= MOST_ROWS


def test_the_smaller_of_two_changes_counts_by_the_training_films_spread() -> None:
    # A third more budget is less than a third more runtime, which varies far less from film to film.
    flip = _flip(Steps(budget=40e6, runtime=161), FILM)

    assert flip is not None
    assert INPUTS[flip.place].name == "budget"


def test_a_smaller_value_may_be_what_changes_the_category() -> None:
    flip = _flip(Steps(vote_count=4000), FILM, category=2)

    assert flip is not None
    assert INPUTS[flip.place].name == "vote_count"
    assert 3000 < flip.value <= 4000


def test_no_change_is_told_where_none_changes_the_category() -> None:
    assert _flip(Steps(), FILM) is None
    assert _flip(Steps(), {"vote_count": 0.0}, histograms={}) is None


def test_an_unknown_input_is_no_input_to_change() -> None:
    assert _flip(Steps(revenue=5e6), {"runtime": 90.0}) is None


values = {
    accepted.name: st.none() | st.floats(accepted.minimum, accepted.maximum).filter(lambda value: value >= 1000)
    if accepted.unit == "dollars"
    else st.none() | st.floats(max(accepted.minimum, 0.01), accepted.maximum)
    for accepted in ACCEPTED
}


@given(film=st.fixed_dictionaries(values), seed=st.integers(0, 50))
@settings(max_examples=200, deadline=None)
def test_what_is_told_is_true_of_any_film_within_the_rows_allowed(film: dict[str, float | None], seed: int) -> None:
    weights = np.random.default_rng(seed).normal(size=(len(ACCEPTED), 3))
    row = np.array([math.nan if film[accepted.name] is None else film[accepted.name] for accepted in ACCEPTED])
    calls: list[int] = []

    def run(rows: Matrix) -> Matrix:
        calls.append(len(rows))
        logs = np.nan_to_num(np.log1p(rows)) @ weights
        scores = np.exp(logs - logs.max(axis=1, keepdims=True))
        answer: Matrix = scores / scores.sum(axis=1, keepdims=True)
        return answer

    present = int(run(row[None]).argmax())
    calls.clear()

    flip = nearest_flip(run, row, present, ACCEPTED, HISTOGRAMS)

    assert len(calls) <= 2
    assert sum(calls) <= MOST_ROWS
    if flip is not None:
        accepted = ACCEPTED[flip.place]
        assert max(accepted.minimum, accepted.unknown_below) <= flip.value <= accepted.maximum
        changed = row.copy()
        changed[flip.place] = flip.value
        assert run(changed[None]).argmax() == flip.category != present
