"""How much an input is worth to a model: what is lost where another film's value stands in its place."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from cinecote_train import metrics
from cinecote_train.arrays import Floats
from cinecote_train.dataset import Films
from cinecote_train.scoring import RESAMPLES, Estimate, estimate, weights_of_resamples

SHUFFLES = 10

Answer = Callable[[Floats], Floats]
"""[n, categories] probabilities of [n, inputs]."""


@dataclass(frozen=True)
class Importance:
    """What shuffling an input costs, on the mean of SHUFFLES: macro-F1 lost, and log-loss gained."""

    name: str
    macro_f1: Estimate
    log_loss: Estimate


def importances(films: Films, answer: Answer, seed: int) -> list[Importance]:
    """By input, the one that matters most first; `films` are some that the model never saw."""
    rng = np.random.default_rng(seed)
    found = [
        _importance(each.name, films, answer(films.inputs), list(_shuffled(films, place, answer, rng)), seed)
        for place, each in enumerate(films.model.inputs)
    ]
    return sorted(found, key=lambda each: -each.log_loss.value)


def _shuffled(films: Films, place: int, answer: Answer, rng: np.random.Generator) -> Iterator[Floats]:
    for _ in range(SHUFFLES):
        inputs = films.inputs.copy()
        inputs[:, place] = rng.permutation(inputs[:, place])
        yield answer(inputs)


def _importance(name: str, films: Films, plain: Floats, shuffled: list[Floats], seed: int) -> Importance:
    labels = films.categories
    weights = np.vstack(
        [np.ones((1, len(labels))), *weights_of_resamples(len(labels), np.random.default_rng(seed), RESAMPLES)]
    )

    def scores(probabilities: Floats) -> Floats:
        return metrics.macro_f1(metrics.confusions(weights, metrics.cells(labels, probabilities)))

    lost = scores(plain) - np.mean([scores(each) for each in shuffled], axis=0)
    worse = np.mean([metrics.log_losses(labels, each) for each in shuffled], axis=0) - metrics.log_losses(labels, plain)
    gained = weights @ worse / len(labels)
    return Importance(name, estimate(float(lost[0]), lost[1:]), estimate(float(gained[0]), gained[1:]))
