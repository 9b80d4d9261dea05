import numpy as np
import pytest

from cinecote_train.arrays import Floats, Integers
from cinecote_train.calibration_error import CalibrationGap


def drawn(films: int, seed: int) -> tuple[Integers, Floats]:
    """Labels drawn from the probabilities themselves: calibrated by construction."""
    rng = np.random.default_rng(seed)
    weights = np.exp(rng.normal(size=(films, 3)))
    probabilities = weights / weights.sum(axis=1, keepdims=True)
    labels = (rng.random((films, 1)) > probabilities.cumsum(axis=1)).sum(axis=1)
    return labels, probabilities


def sharpened(probabilities: Floats) -> Floats:
    powers = probabilities**3
    sharp: Floats = powers / powers.sum(axis=1, keepdims=True)
    return sharp


def gap(labels: Integers, probabilities: Floats) -> CalibrationGap:
    return CalibrationGap(labels, probabilities, np.random.default_rng(0), simulations=200)


def test_perfect_probabilities_have_on_average_no_error_though_films_are_few() -> None:
    errors = [gap(*drawn(480, seed)).error() for seed in range(60)]

    assert abs(np.mean(errors)) < 3 * np.std(errors) / np.sqrt(len(errors))
    assert np.std(errors) < 0.02


def test_what_chance_alone_shows_is_taken_off() -> None:
    labels, probabilities = drawn(480, seed=1)
    shown = gap(labels, probabilities).resampled(np.ones((1, 480)))

    error = gap(labels, probabilities).error()

    # facts of ten bins and 480 films: a perfectly calibrated model shows 0.056 on average.
    assert shown[0] - error == pytest.approx(0.056, abs=0.01)


def test_overconfidence_is_measured_at_its_size() -> None:
    labels, probabilities = drawn(20_000, seed=2)
    sharp = sharpened(probabilities)
    overstated = sharp.max(axis=1).mean() - (sharp.argmax(axis=1) == labels).mean()

    assert gap(labels, sharp).error() == pytest.approx(overstated, abs=0.01)


def test_bins_hold_equal_counts_and_are_weighed_alike() -> None:
    confidence = np.concatenate([np.full(50, 0.6), np.full(50, 0.9)])
    probabilities = np.column_stack([confidence, (1 - confidence) / 2, (1 - confidence) / 2])
    labels = np.concatenate([np.zeros(50, dtype=int), np.ones(50, dtype=int)])

    shown = gap(labels, probabilities).resampled(np.ones((1, 100)))

    assert shown == pytest.approx([(0.4 + 0.9) / 2])


def test_a_film_drawn_twice_counts_as_two_films() -> None:
    labels, probabilities = drawn(300, seed=3)
    twice = gap(np.repeat(labels, 2), np.repeat(probabilities, 2, axis=0)).resampled(np.ones((1, 600)))

    weighted = gap(labels, probabilities).resampled(np.full((1, 300), 2.0))

    assert weighted == pytest.approx(twice, abs=1e-3)
