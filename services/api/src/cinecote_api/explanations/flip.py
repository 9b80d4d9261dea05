"""The smallest change of one input that changes a film's category."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from cinecote.features import Input
from cinecote.registry import Histogram
from cinecote_api.explanations.shapley import Run
from cinecote_api.models.graph import Matrix

MOST_ROWS = 64

_ROWS_TO_BRACKET = 48
_ROWS_TO_REFINE = MOST_ROWS - _ROWS_TO_BRACKET
_MOST_BRACKETS = 4
_NEAREST = 0.02


@dataclass(frozen=True, slots=True)
class Flip:
    """With the input at `place` changed to `value`, the film's category is the one at `category`."""

    place: int
    value: float
    category: int


@dataclass(frozen=True, slots=True)
class _Line:
    """The values that one known input may take, measured by their distance from the present one."""

    place: int
    accepted: Input
    present: float
    spread: float

    @property
    def ends(self) -> tuple[float, float]:
        lowest = max(self.accepted.minimum, math.ceil(self.accepted.unknown_below))
        return lowest, self.accepted.maximum

    def distance(self, value: float) -> float:
        return abs(math.log1p(value) - math.log1p(self.present)) / self.spread

    def between(self, first: float, last: float, count: int) -> list[float]:
        """At most `count` whole values between the two, at even distances from each other."""
        begin, end = math.log1p(first), math.log1p(last)
        logs = [begin + (end - begin) * step / (count + 1) for step in range(1, count + 1)]
        return self._whole(logs, {first, last, self.present})

    def away(self, end: float, count: int) -> list[float]:
        """At most `count` whole values up to `end`, the nearest first, few where they are far."""
        far = self.distance(end)
        if not far:
            return []
        nearest = min(_NEAREST, far)
        steps = [nearest * (far / nearest) ** (step / (count - 1)) for step in range(count)]
        way = math.copysign(self.spread, end - self.present)
        return self._whole([math.log1p(self.present) + way * step for step in steps], {self.present})

    def _whole(self, logs: Sequence[float], known: set[float]) -> list[float]:
        # What is answered is what the model was asked: nobody sells half a ticket.
        lowest, highest = self.ends
        values = {min(max(float(round(math.expm1(log))), lowest), highest) for log in logs}
        return sorted(values - known, key=self.distance)


@dataclass(frozen=True, slots=True)
class _Bracket:
    """Between `same` and `other` on `line` the category changes."""

    line: _Line
    same: float
    other: float

    @property
    def nearest(self) -> float:
        return self.line.distance(self.same)


def nearest_flip(
    run: Run, film: Matrix, category: int, inputs: Sequence[Input], histograms: Mapping[str, Histogram]
) -> Flip | None:
    """The smallest change of one known input that takes `film` out of `category`; None where none was found.

    Small is measured in the logs, log(1 + x), divided by the standard deviation that the training films' logs have by
    the manifest's histogram (1 where there is none), so that inputs of different units compare. Each known input is
    tried both ways to the ends of what is accepted, in steps that grow; the nearest changes found are then narrowed
    down, all with MOST_ROWS rows in two calls of `run` at most. A change between two steps and back again is missed.
    """
    lines = [
        _Line(place, accepted, float(film[place]), _spread(histograms.get(accepted.name)))
        for place, accepted in enumerate(inputs)
        if not math.isnan(film[place])
    ]
    search = _Search(run, film, category)
    rungs = _ROWS_TO_BRACKET // (2 * len(lines)) if lines else 0
    ways = [(line, line.away(end, rungs)) for line in lines for end in line.ends]
    search.ask(ways)
    brackets = sorted(filter(None, (search.bracket(line, values) for line, values in ways)), key=lambda it: it.nearest)
    worth = [bracket for bracket in brackets if bracket.nearest < search.distance][:_MOST_BRACKETS]
    if worth:
        share = _ROWS_TO_REFINE // len(worth)
        search.ask([(it.line, it.line.between(it.same, it.other, share)) for it in worth])
    return search.found


class _Search:
    """Asks the model about changed films, and keeps the nearest that is of another category."""

    def __init__(self, run: Run, film: Matrix, category: int) -> None:
        self._run = run
        self._film = film
        self._category = category
        self._answers: dict[tuple[int, float], int] = {}
        self.found: Flip | None = None
        self.distance = math.inf

    def ask(self, ways: Sequence[tuple[_Line, Sequence[float]]]) -> None:
        asked = [(line, value) for line, values in ways for value in values]
        if not asked:
            return
        rows = np.tile(self._film, (len(asked), 1))
        rows[np.arange(len(asked)), [line.place for line, _ in asked]] = [value for _, value in asked]
        for (line, value), category in zip(asked, self._run(rows).argmax(axis=1).tolist(), strict=True):
            self._answers[line.place, value] = category
            distance = line.distance(value)
            if category != self._category and distance < self.distance:
                self.found, self.distance = Flip(line.place, value, category), distance

    def bracket(self, line: _Line, values: Sequence[float]) -> _Bracket | None:
        """Where the category first changes along `values`, the nearest first."""
        same = line.present
        for value in values:
            if self._answers[line.place, value] != self._category:
                return _Bracket(line, same, value)
            same = value
        return None


def _spread(histogram: Histogram | None) -> float:
    """The standard deviation of log(1 + x) by the histogram, its values taken as even within each bin."""
    known = sum(histogram.counts) if histogram else 0
    if histogram is None or not known:
        return 1.0
    logs = [math.log1p(edge) for edge in histogram.edges]
    counted = zip(pairwise(logs), histogram.counts, strict=False)
    bins = [((high + low) / 2, high - low, count) for (low, high), count in counted]
    mean = sum(middle * count for middle, _, count in bins) / known
    spread = math.sqrt(sum(((middle - mean) ** 2 + width**2 / 12) * count for middle, width, count in bins) / known)
    return spread or 1.0
