"""Figures that were computed by hand."""

import math

import pytest

from cinecote.distances import binned, ks_distance, stability_index


def test_the_stability_index_is_the_one_computed_by_hand() -> None:
    by_hand = (0.25 - 0.5) * math.log(0.25 / 0.5) + (0.75 - 0.5) * math.log(0.75 / 0.5)

    assert by_hand == pytest.approx(0.274653, abs=1e-6)
    assert stability_index((50, 50), (25, 75)) == pytest.approx(by_hand)
    assert stability_index((500, 500), (250, 750)) == pytest.approx(by_hand)


def test_an_empty_bin_counts_as_a_thousandth() -> None:
    assert stability_index((0, 100), (100, 0)) == pytest.approx(2 * 0.999 * math.log(1_000))
    assert stability_index((0, 100), (0, 7)) == 0


def test_the_distance_is_the_largest_difference_of_the_cumulated_shares() -> None:
    # Cumulated: 0.1, 0.3, 0.6, 1 and 0.4, 0.7, 0.9, 1.
    assert ks_distance((1, 2, 3, 4), (4, 3, 2, 1)) == pytest.approx(0.4)
    assert ks_distance((1, 1), (30, 30)) == 0


def test_values_beyond_the_training_s_fall_in_the_outer_bins() -> None:
    # As in numpy's histograms, an inner edge belongs to the bin that it begins.
    assert binned([0, 10, 20, 30], [-5, 0, 9, 10, 19, 20, 30, 1e9]) == [3, 2, 3]
