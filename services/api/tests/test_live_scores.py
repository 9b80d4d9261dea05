"""Scores that were computed by hand, and their intervals."""

import math

import numpy as np
import pytest

from cinecote_api.measuring.live_scores import FEWEST, Scores, score, wilson

TRUTH = np.array([0] * 30 + [1] * 40 + [2] * 30)


def answers(said: list[int]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """0.8 for each category that is said, 0.1 for the others."""
    return np.where(np.array(said)[:, np.newaxis] == np.arange(3), 0.8, 0.1)


def test_the_scores_are_those_computed_by_hand() -> None:
    # 20 of 30, 40 of 40 and 20 of 30 are right; the wrong ones are all called the middle category.
    said = [0] * 20 + [1] * 10 + [1] * 40 + [1] * 10 + [2] * 20

    scores = score(answers(said), TRUTH)

    assert scores.accuracy is not None
    assert scores.macro_f1 is not None
    assert scores.log_loss is not None
    assert scores.accuracy.value == pytest.approx(0.8)
    assert scores.macro_f1.value == pytest.approx((40 / 50 + 80 / 100 + 40 / 50) / 3)
    assert scores.log_loss.value == pytest.approx(-(80 * math.log(0.8) + 20 * math.log(0.1)) / 100)
    for told in (scores.accuracy, scores.macro_f1, scores.log_loss):
        assert told.low < told.value < told.high


def test_the_same_answers_give_the_same_interval() -> None:
    said = [0, 1, 2, 1] * 25

    assert score(answers(said), TRUTH) == score(answers(said), TRUTH)


def test_wilson_s_interval_is_the_published_one() -> None:
    # Newcombe (1998), table I: 81 of 263.
    told = wilson(81, 263)

    assert (round(told.low, 4), round(told.high, 4)) == (0.2553, 0.3662)


def test_an_interval_never_leaves_what_is_possible() -> None:
    assert wilson(60, 60).high == pytest.approx(1)
    assert 0.93 < wilson(60, 60).low < 1


def test_too_few_films_give_no_score() -> None:
    assert score(answers([1] * (FEWEST - 1)), np.ones(FEWEST - 1, dtype=np.intp)) == Scores()


def test_without_films_of_each_category_there_is_no_mean_over_them() -> None:
    scores = score(answers([1] * 60), np.array([1] * 60))

    assert scores.macro_f1 is None
    assert scores.accuracy is not None
    assert scores.log_loss is not None
