"""How the benchmark of the libraries' defaults compares, and what it tells where a figure isn't reached."""

import math

import numpy as np
import pytest

from benchmarks.defaults import report
from benchmarks.defaults.differences import differences, figures
from benchmarks.defaults.library_models import DEFAULTS, answered
from benchmarks.defaults.repeats import OURS, Answered, repeated
from cinecote_train.algorithms import ALGORITHMS
from cinecote_train.arrays import Floats, Integers
from cinecote_train.dataset import Films
from cinecote_train.recipe import Budget, Recipe
from cinecote_train.scoring import CALIBRATION, KAPPA, MACRO_F1
from cinecote_train.search import Effort
from cinecote_train.splits import OUTER_FOLDS, folds
from cinecote_train.vote import VOTE
from cinecote_train.workers import Workers

FILMS = 240


def truth() -> Integers:
    return np.arange(FILMS) % 3


def answers(right: float, seed: int) -> Floats:
    """To films of `truth`, right in so large a share: [1, n, 3]."""
    rng = np.random.default_rng(seed)
    named = np.where(rng.random(FILMS) < right, truth(), rng.integers(3, size=FILMS))
    return np.eye(3)[np.newaxis, named] * 0.8 + 0.2 / 3


def made_films() -> Films:
    rng = np.random.default_rng(0)
    inputs = np.exp(rng.normal([17, 16, 7, 4.6], [1, 1, 1, 0.2], size=(FILMS, 4)))
    promise = np.log(inputs[:, 2]) + rng.normal(size=FILMS)
    inputs[::7, 1] = np.nan
    return Films(
        inputs=inputs,
        categories=np.searchsorted(np.quantile(promise, [1 / 3, 2 / 3]), promise),
        release_dates=np.datetime64("1990-01-01") + np.arange(FILMS),
        identities=np.array([f"film {number}" for number in range(FILMS)]),
        sources=np.full(FILMS, "made"),
        vote_maps=np.full(FILMS, "none"),
        votes=inputs[:, 2].astype(np.int64),
    )


class Deaf:
    def begin(self, steps: int) -> None: ...
    def fitting(self, algorithm: str) -> None: ...
    def fitted(self, algorithm: str, split: str) -> None: ...
    def skipped(self, algorithm: str) -> None: ...
    def taken_up(self, searches: int) -> None: ...
    def say(self, what: str) -> None: ...


def test_equal_answers_are_no_difference_at_all() -> None:
    same = answers(0.6, seed=1)

    apart = differences(truth(), same, same, seed=0)

    assert {(each.value, each.low, each.high) for each in apart.values()} == {(0.0, 0.0, 0.0)}


def test_better_answers_are_above_by_what_their_own_figures_say() -> None:
    good, bad = answers(0.9, seed=1), answers(0.3, seed=2)

    apart = differences(truth(), good, bad, seed=0)

    for name in (MACRO_F1, KAPPA):
        own = figures(truth(), good)[name] - figures(truth(), bad)[name]
        assert apart[name].value == pytest.approx(own)
        assert 0 < apart[name].low < own < apart[name].high


def test_the_same_answers_once_more_make_no_interval_narrower() -> None:
    ours, theirs = answers(0.7, seed=1), answers(0.5, seed=2)

    once = differences(truth(), ours, theirs, seed=0)
    thrice = differences(truth(), np.repeat(ours, 3, axis=0), np.repeat(theirs, 3, axis=0), seed=0)

    for name in (MACRO_F1, KAPPA):
        assert (thrice[name].low, thrice[name].high) == pytest.approx((once[name].low, once[name].high))


def test_a_figure_that_one_default_is_too_near_to_is_missed_and_the_best_attempts_are_shown() -> None:
    attempts = {OURS: answers(0.6, 1), "forest": answers(0.8, 2), "trees": answers(0.7, 3), "line": answers(0.1, 4)}
    found = Answered(truth(), attempts, {"weak": answers(0.1, 5), "strong": answers(0.6, 1)})

    told = "\n".join(report.nearest(found, MACRO_F1, seed=0))

    assert report.missed(found, seed=0) == [MACRO_F1, KAPPA, CALIBRATION]
    assert "default strong" in told
    assert [line.split(" | ")[0] for line in told.splitlines()[-3:]] == ["| forest", "| trees", f"| {OURS}"]


def test_what_is_far_above_every_default_is_missed_nowhere() -> None:
    found = Answered(truth(), {OURS: answers(0.8, 1)}, {"weak": answers(0.1, 5), "strong": answers(0.6, 1)})

    table = "\n".join(report.compared(found, seed=0))

    assert report.missed(found, seed=0) == []
    assert table.count("| reached") == 4


def test_where_too_much_is_promised_the_best_calibrated_attempts_are_shown() -> None:
    sure = answers(0.5, 1) * 1.2 - 0.2 / 3
    found = Answered(truth(), {OURS: sure, "forest": sure, "trees": answers(0.7, 3), "line": sure}, {})

    told = "\n".join(report.nearest(found, CALIBRATION, seed=0))

    assert CALIBRATION in report.missed(found, seed=0)
    assert told.splitlines()[-3].startswith("| trees | ")


@pytest.mark.parametrize("name", ["random forest", "k-nearest"])
def test_a_default_answers_films_of_which_something_is_unknown(name: str) -> None:
    films = made_films()
    split = folds(films, 0, OUTER_FOLDS)[0]

    probabilities = answered(films, 0, (name, split))

    assert probabilities.shape == (len(split.scored), 3)
    assert probabilities.sum(axis=1) == pytest.approx(1.0)


def test_both_answer_every_film_of_the_same_folds(monkeypatch: pytest.MonkeyPatch) -> None:
    films = made_films()
    for name in set(DEFAULTS) - {"k-nearest", "logistic regression"}:
        monkeypatch.delitem(DEFAULTS, name)
    linear = [each for each in ALGORITHMS if each.name == "logistic"]
    recipe = Recipe("made", Effort(trials=2, factor=2, folds=2), algorithms=linear)

    with Workers(1) as workers:
        found = repeated(films, recipe, 2, workers, Budget(math.inf), Deaf())

    assert found.folds.attempts[OURS].shape == found.folds.defaults["k-nearest"].shape == (2, FILMS, 3)
    assert (found.folds.attempts[OURS] == found.folds.attempts["logistic"]).all()
    assert found.newest.attempts[OURS].shape == (1, len(found.newest.labels), 3)
    # Its answers stand beside the films that they are of: it finds what there is to be found.
    assert figures(found.folds.labels, found.folds.attempts[OURS])[MACRO_F1] > 0.45


def test_a_vote_is_an_attempt_where_the_recipe_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in set(DEFAULTS) - {"logistic regression"}:
        monkeypatch.delitem(DEFAULTS, name)
    two = [each for each in ALGORITHMS if each.name in ("logistic", "ordinal")]
    recipe = Recipe("made", Effort(trials=2, factor=2, folds=2), algorithms=two, vote=True)

    with Workers(1) as workers:
        found = repeated(made_films(), recipe, 1, workers, Budget(math.inf), Deaf())

    assert list(found.folds.attempts) == list(found.newest.attempts) == [OURS, "logistic", "ordinal", VOTE]
