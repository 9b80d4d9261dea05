"""How good answers were, now that the films' categories are known. Pure."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cinecote.films import CATEGORIES
from cinecote_api.models.graph import Matrix

FEWEST = 50
"""Films for a figure: of fewer, an interval of the accuracy is wider than a quarter."""

_RESAMPLES = 1_000
_NORMAL_95 = 1.959964
_LEAST_PROBABILITY = 1e-15


@dataclass(frozen=True, slots=True)
class Score:
    """A figure and its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Scores:
    """Of answers to films whose categories are known: None where they are too few, macro-F1 where one never occurs."""

    accuracy: Score | None = None
    macro_f1: Score | None = None
    log_loss: Score | None = None


def score(probabilities: Matrix, categories: NDArray[np.intp]) -> Scores:
    """The scores of answers [n, 3] to films of these categories [n], indices of CATEGORIES.

    The accuracy's interval is Wilson's, the others' are percentiles of a seeded bootstrap over the films.
    """
    films = len(categories)
    if films < FEWEST:
        return Scores()
    answered = probabilities.argmax(axis=1)
    confusion = np.zeros((len(CATEGORIES), len(CATEGORIES)))
    np.add.at(confusion, (categories, answered), 1)
    rng = np.random.default_rng(0)
    return Scores(
        accuracy=wilson(int(np.trace(confusion)), films),
        macro_f1=_macro_f1(confusion, rng) if confusion.sum(axis=1).all() else None,
        log_loss=_log_loss(probabilities[np.arange(films), categories], rng),
    )


def wilson(right: int, films: int) -> Score:
    """The share of `right` ones among `films`, with Wilson's score interval (1927)."""
    share, squared = right / films, _NORMAL_95**2
    middle = (share + squared / (2 * films)) / (1 + squared / films)
    half = _NORMAL_95 * (share * (1 - share) / films + squared / (4 * films**2)) ** 0.5 / (1 + squared / films)
    return Score(share, middle - half, middle + half)


def _macro_f1(confusion: Matrix, rng: np.random.Generator) -> Score:
    films = int(confusion.sum())
    drawn = rng.multinomial(films, confusion.ravel() / films, size=_RESAMPLES).reshape(-1, *confusion.shape)
    return _with_interval(float(_mean_f1(confusion[np.newaxis])[0]), _mean_f1(drawn.astype(np.float64)))


def _mean_f1(confusions: NDArray[np.float64]) -> NDArray[np.float64]:
    """[r] of confusions [r, 3, 3]: the mean over categories of F1, which is 0 where a category never occurs."""
    right = np.diagonal(confusions, axis1=1, axis2=2)
    said = confusions.sum(axis=1) + confusions.sum(axis=2)
    f1: NDArray[np.float64] = np.divide(2 * right, said, out=np.zeros_like(said), where=said > 0)
    return np.asarray(f1.mean(axis=1))


def _log_loss(of_truth: NDArray[np.float64], rng: np.random.Generator) -> Score:
    losses = -np.log(np.maximum(of_truth, _LEAST_PROBABILITY))
    drawn = rng.integers(len(losses), size=(_RESAMPLES, len(losses)))
    return _with_interval(float(losses.mean()), losses[drawn].mean(axis=1))


def _with_interval(value: float, drawn: NDArray[np.float64]) -> Score:
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Score(value, float(low), float(high))
