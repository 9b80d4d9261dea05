"""How far two sets of counts in the same bins are apart. Pure."""

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

_LEAST_SHARE = 1e-3

Counts = Sequence[float]


def stability_index(before: Counts, now: Counts) -> float:
    """The population stability index (PSI): the sum over the bins of (now - before) * ln(now / before), in shares.

    An empty bin is taken for a thousandth of its side.
    """
    pairs = zip(_shares(before), _shares(now), strict=True)
    return math.fsum((new - old) * math.log(new / old) for old, new in pairs)


def ks_distance(before: Counts, now: Counts) -> float:
    """The Kolmogorov-Smirnov distance (KS) at the bins' edges: the largest difference of the cumulated shares.

    Neither side is empty.
    """
    pairs = zip(accumulate(before), accumulate(now), strict=True)
    return max(abs(new / sum(now) - old / sum(before)) for old, new in pairs)


def binned(edges: Sequence[float], values: Iterable[float]) -> list[int]:
    """How many values fall in each bin; what lies beyond the ends falls in the outer ones."""
    inner = edges[1:-1]
    counts = [0] * (len(inner) + 1)
    for value in values:
        counts[bisect_right(inner, value)] += 1
    return counts


def _shares(counts: Counts) -> list[float]:
    whole = max(1, sum(counts))
    return [max(count / whole, _LEAST_SHARE) for count in counts]
