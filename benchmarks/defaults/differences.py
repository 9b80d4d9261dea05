"""How much better one way of answering is than another on the same films, several times over."""

from collections.abc import Callable, Mapping

import numpy as np

from cinecote_train import metrics
from cinecote_train.arrays import Floats, Integers
from cinecote_train.scoring import (
    CALIBRATION,
    KAPPA,
    MACRO_F1,
    RESAMPLES,
    Answers,
    Estimate,
    estimate,
    score,
    weights_of_resamples,
)

FIGURES: Mapping[str, Callable[[Floats], Floats]] = {
    MACRO_F1: metrics.macro_f1,
    KAPPA: metrics.quadratic_weighted_kappa,
}


def figures(labels: Integers, answers: Floats) -> dict[str, float]:
    """FIGURES of answers [repeats, n, categories], each the mean over the repeats."""
    cells = np.stack([metrics.cells(labels, each) for each in answers])
    confusions = cells.sum(axis=1).reshape(len(answers), answers.shape[2], answers.shape[2])
    return {name: float(figure(confusions).mean()) for name, figure in FIGURES.items()}


def differences(labels: Integers, ours: Floats, theirs: Floats, seed: int) -> dict[str, Estimate]:
    """FIGURES of `ours` less those of `theirs`, both [repeats, n, categories], with the interval of a bootstrap.

    It draws films, each with all that was answered to it: repeats make no film two.
    """
    repeats, films, categories = ours.shape
    cells = np.hstack([metrics.cells(labels, each) for each in (*ours, *theirs)])
    drawn: dict[str, list[Floats]] = {name: [] for name in FIGURES}
    for weights in weights_of_resamples(films, np.random.default_rng(seed), RESAMPLES):
        confusions = (weights @ cells).reshape(-1, 2, repeats, categories, categories)
        for name, figure in FIGURES.items():
            means = figure(confusions).mean(axis=2)
            drawn[name].append(means[:, 0] - means[:, 1])
    our_own, their_own = figures(labels, ours), figures(labels, theirs)
    return {name: estimate(our_own[name] - their_own[name], np.concatenate(drawn[name])) for name in FIGURES}


def calibration(labels: Integers, answers: Floats, seed: int) -> list[Estimate]:
    """The calibration error of each repeat's answers, [repeats, n, categories], with its interval."""
    return [score(Answers(labels, each), seed)[CALIBRATION] for each in answers]
