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
        each = np.ones((1, len(self._order)))
        by_luck = _binned(np.broadcast_to(each, self._excess_by_luck.shape), self._excess_by_luck)
        return float(_binned(each, self._excess)[0] - by_luck.mean())

    def resampled(self, weights: Floats) -> Floats:
        """[b]: the binned error of each resample, [b, n] counts of the films."""
        return _binned(weights[:, self._order], self._excess)

    def resampled_luck(self, weights: Floats) -> Floats:
        """What perfect probabilities would have shown in as many of these resamples as there are simulations."""
        some = weights[: len(self._excess_by_luck), self._order]
        return _binned(some, self._excess_by_luck[: len(some)])


def _binned(weights: Floats, excess: Floats) -> Floats:
    """[b]: over ten bins of equal count, the mean absolute mean of `excess` ([n] or [b, n], by rising confidence)."""
    rows = len(weights)
    total = weights.sum(axis=1, keepdims=True)
    middles = weights.cumsum(axis=1) - weights / 2
    bins = np.minimum((middles * _BINS / total).astype(np.int64), _BINS - 1)
    flat = bins + _BINS * np.arange(rows)[:, np.newaxis]
    sums = np.bincount(flat.ravel(), (weights * excess).ravel(), rows * _BINS).reshape(rows, _BINS)
    error: Floats = np.abs(sums).sum(axis=1) / total[:, 0]
    return error
