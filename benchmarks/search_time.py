"""What a search costs until its models are as good as those of a full grid over the same space, on the built-in sample.

python -m benchmarks.search_time [--splits N] [--inner N] [--algorithms NAME,…] [--seed N]
Both search inside each split, on the same films and inner folds, and are scored outside it.
"""

import time
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from threadpoolctl import threadpool_limits

from benchmarks.training_films import training_films
from cinecote_train.algorithms import Algorithm
from cinecote_train.arrays import Floats
from cinecote_train.dataset import Films
from cinecote_train.estimators.feature_sets import Inputs
from cinecote_train.estimators.masked_copy import MaskedCopy
from cinecote_train.paired import Paired, difference
from cinecote_train.recipe import recipe_of
from cinecote_train.search import COMPARE, Effort, fit, space

SEARCHED = [each for each in recipe_of("compare", seed=0, accept_data=False).algorithms if each.servable]
GOAL_RATIO = 0.25
POINTS_OF_A_RANGE = 8
"""Of the grid, where the space is a range."""

Search = Callable[[Films, Floats], tuple[Floats, float]]
"""Searches on some films; what its winner answers to [n, inputs] of others, and the log-loss that it had inside."""


@dataclass(frozen=True)
class Measured:
    """Processor seconds of all splits, each film's probabilities, and the log-loss inside of the models behind them."""

    seconds: float
    answers: Floats
    inside: Floats


def grid_of(algorithm: Algorithm, inputs: Inputs, effort: Effort) -> dict[str, Sequence[Any]]:
    """Every set of hyperparameters that it is searched over; a range is told by points of equal ratio."""
    return {
        f"estimator__{name}": list(values) if isinstance(values, Sequence) else list(_points(values))
        for name, values in space(algorithm, inputs, effort).items()
    }


def _points(distribution: Any) -> Floats:
    points: Floats = distribution.ppf((np.arange(POINTS_OF_A_RANGE) + 0.5) / POINTS_OF_A_RANGE)
    return points


def by_grid(algorithm: Algorithm, effort: Effort, seed: int) -> Search:
    def search(seen: Films, asked: Floats) -> tuple[Floats, float]:
        inner = StratifiedKFold(effort.folds, shuffle=True, random_state=seed)
        model = MaskedCopy(algorithm.pipeline(seen.model.inputs, seed), random_state=seed)
        grid = GridSearchCV(
            model, grid_of(algorithm, seen.model.inputs, effort), scoring="neg_log_loss", cv=inner, refit=False
        )
        grid.fit(seen.inputs, seen.categories)
        best = model.set_params(**grid.best_params_)
        calibrated = CalibratedClassifierCV(best, method="temperature", ensemble=False, cv=inner)
        return calibrated.fit(seen.inputs, seen.categories).predict_proba(asked), -float(grid.best_score_)

    return search


def by_ours(algorithm: Algorithm, effort: Effort, seed: int) -> Search:
    def search(seen: Films, asked: Floats) -> tuple[Floats, float]:
        fitted = fit(algorithm, seen, effort, seed)
        return fitted.model.predict_proba(asked), fitted.inner_log_loss

    return search


def measure(films: Films, search: Search, splits: int, seed: int) -> Measured:
    """Every film answered by models that never saw it."""
    answers, inside = np.empty((len(films), 3)), np.empty(len(films))
    seconds = 0.0
    outer = StratifiedKFold(splits, shuffle=True, random_state=seed)
    with threadpool_limits(1):
        for seen, scored in outer.split(films.inputs, films.categories):
            begun = time.process_time()
            answers[scored], inside[scored] = search(films.take(seen), films.inputs[scored])
            seconds += time.process_time() - begun
    return Measured(seconds, answers, inside)


def chosen(searched: Sequence[Measured]) -> Measured:
    """The algorithms as one space: in each split the answers of the one that was best inside, for the time of all."""
    best = np.argmin([each.inside for each in searched], axis=0)
    films = np.arange(len(best))
    return Measured(
        sum(each.seconds for each in searched),
        np.stack([each.answers for each in searched])[best, films],
        np.stack([each.inside for each in searched])[best, films],
    )


def told(name: str, sets: int, films: Films, ours: Measured, grid: Measured, seed: int) -> str:
    ratio = ours.seconds / grid.seconds
    apart = difference(Paired(films.categories, ours.answers, grid.answers), seed)
    return (
        f"{name:24}{sets:5} sets  grid {grid.seconds:7.1f} s  ours {ours.seconds:6.1f} s  x {ratio:.3f} "
        f"{'ok  ' if ratio <= GOAL_RATIO else 'MISS'}  macro-F1 {apart.champion:.3f} -> {apart.challenger:.3f}, "
        f"{apart.macro_f1.value:+.3f} ({apart.macro_f1.low:+.3f} to {apart.macro_f1.high:+.3f})"
    )


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--splits", type=int, default=2)
    parser.add_argument(
        "--inner", type=int, default=3, help="inner folds of both; compare has five, and a grid of those takes hours"
    )
    parser.add_argument("--algorithms", default=",".join(each.name for each in SEARCHED))
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    effort = replace(COMPARE, folds=arguments.inner)
    films, wanted = training_films(), arguments.algorithms.split(",")
    every_ours: list[Measured] = []
    every_grid: list[Measured] = []
    every_set = 0
    for algorithm in (each for each in SEARCHED if each.name in wanted):
        ours, grid = (
            measure(films, way(algorithm, effort, arguments.seed), arguments.splits, arguments.seed)
            for way in (by_ours, by_grid)
        )
        sets = prod(len(values) for values in grid_of(algorithm, films.model.inputs, effort).values())
        print(told(algorithm.name, sets, films, ours, grid, arguments.seed), flush=True)
        every_ours.append(ours)
        every_grid.append(grid)
        every_set += sets
    print(told("all, the best inside", every_set, films, chosen(every_ours), chosen(every_grid), arguments.seed))


if __name__ == "__main__":
    main()
