"""How far stated confidence is from the share of films it is right for, beyond what chance alone would show.

Top label, ten bins of equal count. Even perfect probabilities show an error on finitely many films; the mean of that,
found by simulation, is taken off, so that 0 is as good as these probabilities can be.
"""

import numpy as np

from cinecote_train.arrays import Floats, Integers

_BINS = 10


class CalibrationGap:
    """The top-label calibration error of n films, for them and for resamples of them.

    `labels` is [n] of category indices, `probabilities` [n, categories]; `simulations` sets of outcomes are drawn as
    if the probabilities were right.
    """

    def __init__(self, labels: Integers, probabilities: Floats, rng: np.random.Generator, simulations: int) -> None:
        confidence = probabilities.max(axis=1)
        self._order = np.argsort(confidence, kind="stable")
        confidence = confidence[self._order]
        right = (probabilities.argmax(axis=1) == labels)[self._order]
        lucky = rng.random((simulations, len(labels))) < confidence
        self._excess = confidence - right
        self._excess_by_luck = confidence - lucky

    def error(self) -> float:
        """The binned error less what perfect probabilities would show; it may fall a little below 0."""
        films = len(self._order)
        members = np.eye(_BINS)[_bins(np.ones((1, films)))[0]]
        by_luck = np.abs(self._excess_by_luck @ members).sum(axis=1) / films
        return float(np.abs(self._excess @ members).sum() / films - by_luck.mean())

    def resampled(self, weights: Floats) -> Floats:
        """[b]: the binned error of each resample, [b, n] counts of the films."""
        return _binned(weights[:, self._order], self._excess)

    def resampled_luck(self, weights: Floats, first: int) -> Floats:
        """What perfect probabilities would have shown in these resamples, of which the first is number `first`.

        Of the first ones alone, of as many as there are simulations.
        """
        excess = self._excess_by_luck[first : first + len(weights)]
        return _binned(weights[: len(excess), self._order], excess)


def _binned(weights: Floats, excess: Floats) -> Floats:
    """[b]: over ten bins of equal count, the mean absolute mean of `excess` ([n] or [b, n], by rising confidence)."""
    rows = len(weights)
    flat = _bins(weights) + _BINS * np.arange(rows)[:, np.newaxis]
    sums = np.bincount(flat.ravel(), (weights * excess).ravel(), rows * _BINS).reshape(rows, _BINS)
    error: Floats = np.abs(sums).sum(axis=1) / weights.sum(axis=1)
    return error


def _bins(weights: Floats) -> Integers:
    """[b, n]: which of ten bins of equal count each film is in, by the middle of its weight."""
    so_far = weights.cumsum(axis=1)
    middles = so_far - weights / 2
    bins: Integers = np.minimum((middles * (_BINS / so_far[:, -1:])).astype(np.int64), _BINS - 1)
    return bins
