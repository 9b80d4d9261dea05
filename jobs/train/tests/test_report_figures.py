"""The figures that only the page of a comparison tells."""

from typing import Any

import numpy as np
import pytest

from cinecote.features import RUNTIME
from cinecote_train.algorithms import ALGORITHMS
from cinecote_train.comparison import Plan, compare
from cinecote_train.dataset import Films
from cinecote_train.evaluation import evaluate
from cinecote_train.recipe import Budget
from cinecote_train.report_page.importance import importances
from cinecote_train.report_page.learning_curve import _refitted, learning_curve, some
from cinecote_train.report_page.pareto import Point, front
from cinecote_train.report_page.reliability import reliability
from cinecote_train.report_page.slices import FEWEST, slicings
from cinecote_train.scoring import Answers, Estimate
from cinecote_train.search import Effort
from cinecote_train.workers import Workers

QUICK = Effort(trials=2, factor=2, folds=2)


def answers_of(films: Films, right: float = 0.7) -> Answers:
    """Answers that name the films' categories in so large a share of them."""
    rng = np.random.default_rng(3)
    named = np.where(rng.random(len(films)) < right, films.categories, rng.integers(3, size=len(films)))
    return Answers(films.categories, 0.2 + 0.4 * np.eye(3)[named])


def changed(films: Films, **columns: Any) -> Films:
    return Films(**(vars(films) | columns))


@pytest.mark.parametrize("by", ["decade", "unknown inputs", "votes"])
def test_each_film_is_in_one_part_and_the_shares_that_are_right_add_up(by: str, made_films: Films) -> None:
    answers = answers_of(made_films)

    parts = slicings(made_films, answers, seed=0)[by]

    told = [part for part in parts if part.right]
    right = sum(part.films * part.right.value for part in told if part.right)
    named = (answers.probabilities.argmax(axis=1) == answers.labels).sum()
    assert sum(part.films for part in parts) == len(made_films)
    assert len({part.name for part in parts}) == len(parts)
    assert named - FEWEST * (len(parts) - len(told)) <= right <= named + 1e-9
    assert all(part.right.low <= part.right.value <= part.right.high for part in told if part.right)


def test_films_are_parted_where_the_decades_and_the_buckets_of_votes_begin(made_films: Films) -> None:
    dates = np.array(["1959-12-31", "1960-01-01", "NaT"], dtype="datetime64[D]")[np.arange(len(made_films)) % 3]
    votes = np.array([99, 100, 10_000])[np.arange(len(made_films)) % 3]
    films = changed(made_films, release_dates=dates, votes=votes)

    parts = slicings(films, answers_of(films), seed=0)

    third = len(films) // 3
    assert [(part.name, part.films) for part in parts["decade"]] == [
        ("1950s", third),
        ("1960s", third),
        ("date unknown", third),
    ]
    assert [(part.name, part.films) for part in parts["votes"]] == [
        ("fewer than 100", third),
        ("100 to 299", third),
        ("10,000 or more", third),
    ]


def test_a_part_is_named_by_what_is_unknown_of_its_films(made_films: Films) -> None:
    inputs = np.ones_like(made_films.inputs)
    inputs[:200, 0] = np.nan
    inputs[:150, 3] = np.nan
    films = changed(made_films, inputs=inputs)

    parts = slicings(films, answers_of(films), seed=0)["unknown inputs"]

    assert [(part.name, part.films) for part in parts] == [
        ("nothing unknown", len(films) - 200),
        ("revenue and runtime", 150),
        ("revenue", 50),
    ]
    assert [part.is_small for part in parts] == [False, False, True]


def test_a_part_without_a_category_has_no_macro_f1_and_one_of_few_films_no_figure(made_films: Films) -> None:
    votes = np.full(len(made_films), 500)
    bien = np.flatnonzero(made_films.categories == 2)
    votes[bien[: FEWEST - 1]] = 50
    votes[bien[FEWEST : 2 * FEWEST]] = 5_000
    films = changed(made_films, votes=votes)

    few, many, one_category = slicings(films, answers_of(films), seed=0)["votes"]

    assert (few.films, few.right, few.macro_f1) == (FEWEST - 1, None, None)
    assert one_category.films == FEWEST
    assert one_category.right is not None
    assert one_category.macro_f1 is None
    assert many.macro_f1 is not None


def test_the_front_holds_those_that_no_cheaper_one_equals() -> None:
    points = [
        Point(name, Estimate(worth, worth, worth), time, 1.0)
        for name, worth, time in (
            ("b", 0.6, 20),
            ("a", 0.5, 10),
            ("beaten", 0.55, 30),
            ("c", 0.7, 40),
            ("like c", 0.7, 50),
        )
    ]

    assert [point.name for point in front(points, lambda point: point.microseconds)] == ["a", "b", "c"]


def test_a_larger_share_of_the_films_holds_the_smaller_one_and_as_much_of_each_category(made_films: Films) -> None:
    parts = [some(made_films.categories, share, seed=4) for share in (0.125, 0.5, 1.0)]

    assert set(parts[0]) < set(parts[1]) < set(parts[2])
    assert parts[2].tolist() == list(range(len(made_films)))
    halves = np.bincount(made_films.categories[parts[1]])
    assert halves == pytest.approx(np.bincount(made_films.categories) / 2, abs=0.5)


@pytest.fixture(scope="module")
def compared(made_films: Films) -> Any:
    """One algorithm on every split, and what it is worth."""

    class Deaf:
        def __getattr__(self, _name: str) -> Any:
            return lambda *_: None

    with Workers(1) as workers:
        (candidate,) = compare(Plan(made_films, QUICK, 0), ALGORITHMS[:1], workers, Budget(600), Deaf())
        (evaluation,) = evaluate([candidate], made_films, made_films, 0, workers)
    return evaluation


def test_models_of_the_learning_curve_never_see_the_films_that_they_are_scored_on(
    compared: Any, made_films: Films
) -> None:
    fold = compared.candidate.folds[0]

    refitted = _refitted(made_films, 0.5, 0, fold)

    assert set(refitted.split.seen) < set(fold.split.seen)
    assert not set(refitted.split.seen) & set(refitted.split.scored)
    assert refitted.probabilities.shape == fold.probabilities.shape
    assert not np.allclose(refitted.probabilities, fold.probabilities)


def test_all_of_a_folds_films_give_the_answers_that_were_compared(compared: Any, made_films: Films) -> None:
    fold = compared.candidate.folds[0]

    assert _refitted(made_films, 1.0, 0, fold).probabilities == pytest.approx(fold.probabilities)


@pytest.mark.parametrize(("seconds", "points"), [(1e-9, 1), (600.0, 5)])
def test_a_spent_budget_leaves_the_whole_of_the_learning_curve(
    seconds: float, points: int, compared: Any, made_films: Films, watcher: Any
) -> None:
    with Workers(1) as workers:
        curve = learning_curve(made_films, compared, 0, workers, Budget(seconds), watcher)

    assert len(curve) == points
    assert curve[-1].macro_f1 == compared.scores["cross_validation"]["macro_f1"]
    assert curve[-1].films == round(0.8 * len(made_films))


def test_an_input_that_the_model_reads_is_worth_what_it_tells_and_others_nothing(made_films: Films) -> None:
    place = made_films.model.inputs.index(RUNTIME)
    known = changed(made_films, inputs=np.nan_to_num(made_films.inputs, nan=1.0))
    ends = np.quantile(known.inputs[:, place], [1 / 3, 2 / 3])

    def answer(inputs: Any) -> Any:
        return 0.1 + 0.7 * np.eye(3)[np.digitize(inputs[:, place], ends)]

    first, *others = importances(known, answer, seed=0)

    assert first.name == "runtime"
    assert first.log_loss.low > 0.1
    assert first.macro_f1.low > 0.1
    for other in others:
        figures = [other.macro_f1.low, other.macro_f1.high, other.log_loss.low, other.log_loss.high]
        assert figures == pytest.approx([0.0] * 4)


def test_bins_tell_what_was_stated_and_how_much_of_it_was_right(made_films: Films) -> None:
    labels = np.arange(1_000) % 2
    stated = np.where(np.arange(1_000) < 500, 0.6, 0.9)
    named = np.where(np.arange(1_000) < 500, labels, 0)
    probabilities = np.where(np.eye(2)[named] == 1, stated[:, None], 1 - stated[:, None])

    bins = reliability(Answers(labels, probabilities), seed=0)

    assert [each.films for each in bins] == [100] * 10
    assert [each.stated for each in bins] == pytest.approx([0.6] * 5 + [0.9] * 5)
    assert [each.right.value for each in bins] == [1.0] * 5 + [0.5] * 5
    assert bins[-1].right.low == pytest.approx(0.4, abs=0.03)
