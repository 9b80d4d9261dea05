"""A histogram that is filled by arrays."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from prometheus_client.core import HistogramMetricFamily


class Distribution:
    """Counts of values between edges."""

    __slots__ = ("_counts", "_edges", "_sum")

    def __init__(self, edges: Sequence[float]) -> None:
        self._edges = edges
        self._counts = [0] * (len(edges) + 1)
        self._sum = 0.0

    def add_all(self, values: NDArray[np.float64]) -> None:
        places = np.searchsorted(self._edges, values, side="left")
        for place, count in enumerate(np.bincount(places, minlength=len(self._counts)).tolist()):
            self._counts[place] += count
        self._sum += float(values.sum())

    def report(self, family: HistogramMetricFamily, *labels: str) -> None:
        total = 0
        buckets: list[tuple[str, float]] = []
        for edge, count in zip([*self._edges, math.inf], self._counts, strict=True):
            total += count
            buckets.append(("+Inf" if edge == math.inf else repr(float(edge)), total))
        family.add_metric(labels, buckets, self._sum)
