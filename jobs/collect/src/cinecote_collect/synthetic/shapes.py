"""What the table of 5,000 looks like: its figures, and the curves through them.

The shares and quantiles are those measured on the table (4,803 rows, of which 3,227 know all four inputs); where
nothing was measured, a value between its neighbours is taken. Correlations are Spearman's.
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

ROWS = 4_803
COMPLETE = 3_227
"""Rows that know budget, revenue, running time and votes."""
NO_BUDGET, NO_REVENUE, NEITHER = 1_037, 1_427, 890
NO_RUNTIME = 37
SMALL_BUDGET, SMALL_REVENUE = 32, 22
"""Rows whose amount is under 1,000: written in a wrong unit."""


class Curve:
    """A distribution by its quantiles, straight between them: of its values or, where `logarithmic`, of their logs."""

    def __init__(self, *quantiles: tuple[float, float], logarithmic: bool = False) -> None:
        self._shares = [share for share, _ in quantiles]
        self._values = [math.log1p(value) if logarithmic else value for _, value in quantiles]
        self._logarithmic = logarithmic

    def at(self, latent: float) -> float:
        """The value that stands where `latent` stands among standard normal ones."""
        share = 0.5 * math.erfc(-latent / math.sqrt(2))
        above = min(max(bisect_right(self._shares, share), 1), len(self._shares) - 1)
        low, high = self._shares[above - 1], self._shares[above]
        part = min(max((share - low) / (high - low), 0.0), 1.0)
        value = self._values[above - 1] + part * (self._values[above] - self._values[above - 1])
        return math.expm1(value) if self._logarithmic else value


VOTES = Curve((0, 1), (0.015, 10), (0.05, 29), (0.082, 50), (0.5, 471), (0.95, 3_855), (1, 13_752), logarithmic=True)
"""Of complete rows."""
FEW_VOTES = Curve((0, 0), (0.039, 0.5), (0.23, 10), (0.56, 50), (0.9, 300), (1, 3_000), logarithmic=True)
"""Of the others."""
BUDGET = Curve(
    (0, 7e3), (0.05, 1.5e6), (0.25, 10.5e6), (0.5, 25e6), (0.75, 55e6), (0.95, 140e6), (1, 380e6), logarithmic=True
)
REVENUE = Curve(
    (0, 5e3), (0.05, 1.2e6), (0.25, 17e6), (0.5, 55e6), (0.75, 146e6), (0.95, 473e6), (1, 2.79e9), logarithmic=True
)
RUNTIME = Curve((0, 41), (0.05, 86), (0.25, 96), (0.5, 107), (0.75, 121), (0.95, 148), (1, 338))
# In rounding, a tenth takes from both sides.
RATING = Curve(
    (0, 2.3), (0.002, 3.2), (0.01, 4.1), (0.05, 4.9), (0.1, 5.2), (0.25, 5.77), (0.32, 5.95), (0.5, 6.32), (0.67, 6.71),
    (0.762, 6.95), (0.9, 7.42), (0.95, 7.68), (0.99, 8.12), (1, 8.6),
)  # fmt: skip
FEW_RATED = Curve((0, 0.5), (0.05, 3.5), (0.25, 5.2), (0.5, 5.9), (0.75, 6.6), (0.95, 7.8), (1, 10))

LATENTS = ("votes", "revenue", "budget", "runtime", "rating")
CORRELATIONS = (
    (1.00, 0.79, 0.55, 0.25, 0.45),
    (0.79, 1.00, 0.68, 0.25, 0.12),
    (0.55, 0.68, 1.00, 0.27, -0.14),
    (0.25, 0.25, 0.27, 1.00, 0.39),
    (0.45, 0.12, -0.14, 0.39, 1.00),
)
"""Of LATENTS. Those of votes with ratings (0.36 measured) and revenue (0.75) are what the decades' shifts leave of
these; those of the running time with the others, and of budget with votes, weren't measured."""

DECADES = (1930, 1940, 1950, 1960, 1970, 1980, 1990, 2000, 2010)
LAST_YEAR = 2016
FILMS_OF_DECADE = tuple(accumulate((8, 10, 17, 59, 105, 260, 700, 1_335, 733)))
"""Summed up, as random.choices takes them."""
RATING_SHIFT = (0.99, 0.99, 0.99, 0.99, 0.74, 0.30, 0.07, -0.13, -0.13)
"""How far a decade's latent ratings stand above all: few old films survive, and they are good ones."""
VOTES_SHIFT = (-0.7, -0.65, -0.6, -0.55, -0.4, -0.3, -0.15, -0.02, 0.42)
"""The same of votes: the median goes from 234 to 808."""
NARROWED = 0.96
"""What shifted values are multiplied by to have a standard deviation of 1 again."""


def factor(correlations: Sequence[Sequence[float]] = CORRELATIONS) -> list[list[float]]:
    """The lower triangle [n, n] that turns independent normal values into correlated ones (Cholesky's)."""
    size = len(correlations)
    # The normal values' own correlation is a little larger than that of their ranks.
    wanted = [[2 * math.sin(math.pi * value / 6) for value in row] for row in correlations]
    lower = [[0.0] * size for _ in range(size)]
    for row in range(size):
        for column in range(row + 1):
            rest = wanted[row][column] - sum(lower[row][k] * lower[column][k] for k in range(column))
            lower[row][column] = math.sqrt(rest) if row == column else rest / lower[column][column]
    return lower
