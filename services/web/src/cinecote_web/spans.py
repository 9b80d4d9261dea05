"""The values of each input that a slider or a curve goes through: those that most films have."""

import math
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """From `low` to `high`, by equal ratios where `logarithmic` and by equal steps otherwise."""

    low: float
    high: float
    logarithmic: bool = True

    def place(self, value: float) -> float:
        """Where `value` is, from 0 at `low` to 1 at `high`; beyond them at the nearer end."""
        value = min(max(value, self.low), self.high)
        if self.logarithmic:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def at(self, place: float) -> int:
        """The whole value at `place`, from 0 to 1."""
        if self.logarithmic:
            return round(math.exp(math.log(self.low) + place * math.log(self.high / self.low)))
        return round(self.low + (self.high - self.low) * place)

    @property
    def marks(self) -> tuple[float, ...]:
        """Round values within: powers of ten, or every thirty."""
        if not self.logarithmic:
            return tuple(float(value) for value in range(math.ceil(self.low), int(self.high) + 1) if value % 30 == 0)
        first, last = math.ceil(math.log10(self.low)), math.floor(math.log10(self.high))
        return tuple(10.0**power for power in range(first, last + 1))


SPANS: Mapping[str, Span] = {
    "revenue": Span(1e5, 3e9),
    "budget": Span(1e5, 4e8),
    "vote_count": Span(10, 50_000),
    "runtime": Span(60, 240, logarithmic=False),
    "release_year": Span(1920, 2040, logarithmic=False),
}
