from dataclasses import astuple

import numpy as np
import pytest

from cinecote_train import scoring
from cinecote_train.metrics import confusion, macro_f1
from cinecote_train.scoring import CALIBRATION, FIGURES, MACRO_F1, Answers, score, score_confusion


def answers(films: int, seed: int = 0) -> Answers:
    rng = np.random.default_rng(seed)
    weights = np.exp(1.5 * rng.normal(size=(films, 3)))
    probabilities = weights / weights.sum(axis=1, keepdims=True)
    labels = (rng.random((films, 1)) > probabilities.cumsum(axis=1)).sum(axis=1)
    return Answers(labels, probabilities)


def test_every_figure_lies_in_its_interval() -> None:
    scores = score(answers(500), seed=0)

    assert tuple(scores) == FIGURES
    for estimate in scores.values():
        assert estimate.low < estimate.value < estimate.high


def test_every_cell_of_the_confusion_lies_in_an_interval_as_wide_as_chance_makes_it() -> None:
    asked = answers(900)

    cells = score_confusion(asked, seed=0)

    counts = confusion(asked.labels, asked.probabilities)
    assert [[cell.value for cell in row] for row in cells] == counts.tolist()
    for cell in (cell for row in cells for cell in row):
        spread = np.sqrt(cell.value * (1 - cell.value / 900))
        assert cell.high - cell.low == pytest.approx(2 * 1.96 * spread, rel=0.15)


def test_the_same_seed_gives_the_same_intervals_and_another_gives_others() -> None:
    asked = answers(300)

    assert score(asked, seed=3) == score(asked, seed=3)
    assert score(asked, seed=3) != score(asked, seed=4)


@pytest.mark.parametrize("cells", [1, 1_000_000])
def test_the_intervals_are_the_same_however_many_resamples_are_drawn_at_once(
    monkeypatch: pytest.MonkeyPatch, cells: int
) -> None:
    usual = score(answers(300), seed=3)
    monkeypatch.setattr(scoring, "_CELLS_AT_ONCE", cells)

    other = score(answers(300), seed=3)

    assert list(other) == list(usual)
    for name, estimate in usual.items():
        assert astuple(other[name]) == pytest.approx(astuple(estimate), rel=1e-9)


def test_more_films_make_narrower_intervals() -> None:
    few, many = score(answers(200), seed=0)[MACRO_F1], score(answers(3_200), seed=0)[MACRO_F1]

    assert many.high - many.low == pytest.approx((few.high - few.low) / 4, rel=0.3)


def test_about_95_of_100_intervals_hold_the_true_figure() -> None:
    everything = answers(100_000, seed=9)
    truth = macro_f1(confusion(everything.labels, everything.probabilities))

    found = [score(answers(300, seed), seed, resamples=200)[MACRO_F1] for seed in range(100)]

    assert 88 <= sum(estimate.low <= truth <= estimate.high for estimate in found) <= 100


def test_calibrated_probabilities_have_0_in_the_interval_of_their_calibration_error() -> None:
    estimate = score(answers(2_000), seed=0)[CALIBRATION]

    assert estimate.low < 0 < estimate.high


def test_a_large_set_is_scored_in_bounded_parts() -> None:
    estimate = score(answers(60_000), seed=0, resamples=100)[MACRO_F1]

    assert estimate.high - estimate.low < 0.02
