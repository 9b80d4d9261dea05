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
_CELLS_AT_ONCE = 50_000
"""What is computed of so few stays in a core's own cache: it takes half of the time that it takes on millions."""


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
    cells, losses = _of_films(answers)
    drawn = _resampled(cells, losses, gap, rng, resamples)
    whole = _figures(cells, losses, np.ones((1, len(cells))))
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


def _of_films(answers: Answers) -> tuple[Floats, Floats]:
    """Each film's cell of the confusion, [n, categories²], and its ranked probability and log losses, [n, 2]."""
    of = answers.labels, answers.probabilities
    return metrics.cells(*of), np.column_stack([metrics.ranked_probability_losses(*of), metrics.log_losses(*of)])


def _resampled(
    cells: Floats, losses: Floats, gap: CalibrationGap, rng: np.random.Generator, resamples: int
) -> Mapping[str, Floats]:
    parts: list[dict[str, Floats]] = []
    luck: list[Floats] = []
    done = 0
    for weights in weights_of_resamples(len(cells), rng, resamples):
        parts.append({**_figures(cells, losses, weights), CALIBRATION: gap.resampled(weights)})
        luck.append(gap.resampled_luck(weights, done))
        done += len(weights)
    drawn = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    # A resample repeats films, so luck alone shows more in it than in the films themselves.
    drawn[CALIBRATION] = drawn[CALIBRATION] - np.concatenate(luck).mean()
    return drawn


def _figures(cells: Floats, losses: Floats, weights: Floats) -> dict[str, Floats]:
    confusions = metrics.confusions(weights, cells)
    ranked, log = (weights @ losses / len(losses)).T
    return {
        MACRO_F1: metrics.macro_f1(confusions),
        KAPPA: metrics.quadratic_weighted_kappa(confusions),
        RANKED_PROBABILITY: ranked,
        LOG_LOSS: log,
    }


def weights_of_resamples(films: int, rng: np.random.Generator, resamples: int) -> Iterator[Floats]:
    """[b, films] counts, some rows at once; the same generator gives the same ones, however many these are."""
    at_once = max(1, _CELLS_AT_ONCE // films)
    for first in range(0, resamples, at_once):
        rows = min(at_once, resamples - first)
        drawn = rng.integers(films, size=(rows, films)) + films * np.arange(rows)[:, np.newaxis]
        yield np.bincount(drawn.ravel(), minlength=rows * films).reshape(rows, films).astype(np.float64)


def estimate(value: float, drawn: Floats) -> Estimate:
    """A figure, with the interval that its resamples' figures [b] give."""
    low, high = np.percentile(drawn, _INTERVAL)
    return Estimate(value, float(low), float(high))
