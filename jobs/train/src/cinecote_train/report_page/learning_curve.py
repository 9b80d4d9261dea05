"""How much more films would help: what the chosen models are worth when they learn from a part of their films."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from sklearn.base import clone
from threadpoolctl import threadpool_limits

from cinecote_train.arrays import Integers
from cinecote_train.comparison import Clock, Outcome, Watcher
from cinecote_train.dataset import Films
from cinecote_train.evaluation import CROSS_VALIDATION, Evaluation, pooled
from cinecote_train.scoring import LOG_LOSS, MACRO_F1, Estimate, score
from cinecote_train.workers import Mapper

SHARES = (0.125, 0.25, 0.5, 0.75)
"""Of the films that a fold's model sees. All of them are what was compared already."""

_FEWEST = 10
"""Films of a category: two in each of the inner folds of the most thorough search."""


@dataclass(frozen=True)
class LearningPoint:
    """What models that saw `films` films, on the average of the folds, are worth on films that they never saw."""

    films: int
    macro_f1: Estimate
    log_loss: Estimate


def learning_curve(
    training: Films, procedure: Evaluation, seed: int, workers: Mapper, clock: Clock, watcher: Watcher
) -> list[LearningPoint]:
    """By rising number of films; shares whose turn comes after the budget is spent are left out, never the whole.

    In each fold the algorithm and hyperparameters are those that its own films chose; only the fit is repeated.
    """
    folds = procedure.candidate.folds
    curve = []
    for share in SHARES:
        if clock.is_over():
            break
        if any(share * fewest < _FEWEST for fewest in (_rarest(training, outcome) for outcome in folds)):
            continue
        watcher.say(f"the learning curve: {share:.0%} of the films")
        refitted = list(workers.map(partial(_refitted, training, share, seed), folds))
        scores = score(pooled(refitted, training), seed)
        curve.append(LearningPoint(_mean_seen(refitted), scores[MACRO_F1], scores[LOG_LOSS]))
    whole = procedure.scores[CROSS_VALIDATION]
    return [*curve, LearningPoint(_mean_seen(folds), whole[MACRO_F1], whole[LOG_LOSS])]


def some(categories: Integers, share: float, seed: int) -> Integers:
    """Indices of a share of each category's films, rising; a larger share of the same seed holds the smaller one."""
    rng = np.random.default_rng(seed)
    shuffled = (rng.permutation(np.flatnonzero(categories == category)) for category in np.unique(categories))
    return np.sort(np.concatenate([films[: round(share * len(films))] for films in shuffled]))


def _refitted(training: Films, share: float, seed: int, outcome: Outcome) -> Outcome:
    """The same fold, its model fitted on a part of the films that it sees."""
    seen = outcome.split.seen[some(training.categories[outcome.split.seen], share, seed)]
    with threadpool_limits(1):
        model = clone(outcome.fitted.model).fit(training.inputs[seen], training.categories[seen])
    return replace(
        outcome,
        split=replace(outcome.split, seen=seen),
        probabilities=model.predict_proba(training.inputs[outcome.split.scored]),
    )


def _rarest(training: Films, outcome: Outcome) -> int:
    return int(np.bincount(training.categories[outcome.split.seen]).min())


def _mean_seen(folds: Sequence[Outcome]) -> int:
    return round(float(np.mean([len(outcome.split.seen) for outcome in folds])))
