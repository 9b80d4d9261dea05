"""The figures of a set of answers, each with the 95 % interval of a bootstrap over films."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from cinecote_train import metrics
from cinecote_train.arrays import Floats, Integers
from cinecote_train.calibration_error import CalibrationGap

MACRO_F1 = "macro_f1"
KAPPA = "quadratic_weighted_kappa"
RANKED_PROBABILITY = "ranked_probability_score"
LOG_LOSS = "log_loss"
CALIBRATION = "calibration_error"
FIGURES = (MACRO_F1, KAPPA, RANKED_PROBABILITY, LOG_LOSS, CALIBRATION)

RESAMPLES = 1_000
_INTERVAL = (2.5, 97.5)
_CELLS_AT_ONCE = 4_000_000


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and the percentiles between which 95 % of the resamples' figures lie."""

    value: float
    low: float
    high: float

    def as_json(self) -> dict[str, float]:
        return asdict(self)


Confusion = Sequence[Sequence[Estimate]]
"""Films by their category (rows) and by the likeliest one (columns)."""


@dataclass(frozen=True)
class Answers:
    """What was answered for n films, and the truth: `labels` [n], `probabilities` [n, categories]."""

    labels: Integers
    probabilities: Floats


def score(answers: Answers, seed: int, resamples: int = RESAMPLES) -> dict[str, Estimate]:
    """FIGURES of `answers`; the same seed gives the same intervals."""
    rng = np.random.default_rng(seed)
    gap = CalibrationGap(answers.labels, answers.probabilities, rng, min(resamples, 200))
    drawn = _resampled(answers, gap, rng, resamples)
    whole = _figures(answers, np.ones((1, len(answers.labels))))
    values = {name: float(figure[0]) for name, figure in whole.items()} | {CALIBRATION: gap.error()}
    return {name: estimate(values[name], drawn[name]) for name in FIGURES}


def score_confusion(answers: Answers, seed: int, resamples: int = RESAMPLES) -> Confusion:
    """The confusion of `answers`, each count with its interval; the same seed gives the same ones."""
    categories = answers.probabilities.shape[1]
    cells = metrics.cells(answers.labels, answers.probabilities)
    rng = np.random.default_rng(seed)
    drawn = np.concatenate([weights @ cells for weights in weights_of_resamples(len(cells), rng, resamples)])
    estimates = [estimate(float(value), column) for value, column in zip(cells.sum(axis=0), drawn.T, strict=True)]
    return [estimates[first : first + categories] for first in range(0, len(estimates), categories)]


def _resampled(answers: Answers, gap: CalibrationGap, rng: np.random.Generator, resamples: int) -> Mapping[str, Floats]:
    parts: list[dict[str, Floats]] = []
    luck = np.empty(0)
    for weights in weights_of_resamples(len(answers.labels), rng, resamples):
        parts.append({**_figures(answers, weights), CALIBRATION: gap.resampled(weights)})
        luck = luck if luck.size else gap.resampled_luck(weights)
    drawn = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    # A resample repeats films, so luck alone shows more in it than in the films themselves.
    drawn[CALIBRATION] = drawn[CALIBRATION] - luck.mean()
    return drawn


def _figures(answers: Answers, weights: Floats) -> dict[str, Floats]:
    films, categories = answers.probabilities.shape
    confusions = (weights @ metrics.cells(answers.labels, answers.probabilities)).reshape(-1, categories, categories)
    ranked = metrics.ranked_probability_losses(answers.labels, answers.probabilities)
    return {
        MACRO_F1: metrics.macro_f1(confusions),
        KAPPA: metrics.quadratic_weighted_kappa(confusions),
        RANKED_PROBABILITY: weights @ ranked / films,
        LOG_LOSS: weights @ metrics.log_losses(answers.labels, answers.probabilities) / films,
    }


def weights_of_resamples(films: int, rng: np.random.Generator, resamples: int) -> Iterator[Floats]:
    """[b, films] counts, as many rows at once as fit in little memory."""
    at_once = max(1, _CELLS_AT_ONCE // films)
    for first in range(0, resamples, at_once):
        rows = min(at_once, resamples - first)
        drawn = rng.integers(films, size=(rows, films)) + films * np.arange(rows)[:, np.newaxis]
        yield np.bincount(drawn.ravel(), minlength=rows * films).reshape(rows, films).astype(np.float64)


def estimate(value: float, drawn: Floats) -> Estimate:
    """A figure, with the interval that its resamples' figures [b] give."""
    low, high = np.percentile(drawn, _INTERVAL)
    return Estimate(value, float(low), float(high))
