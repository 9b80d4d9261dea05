"""Films that nobody made, to check a graph on: every pattern of unknowns, the corners of what the api accepts."""

from itertools import product

import numpy as np

from cinecote.features import BUDGET, INPUTS, REVENUE, RUNTIME, UNKNOWN_MONEY_BELOW, VOTE_COUNT
from cinecote_train.arrays import Floats

COUNT = 100_000


def generated_films(like: Floats, seed: int, count: int = COUNT) -> Floats:
    """[count, 4]: a third spread over all that the api accepts, a third redrawn from the values of `like`, a third
    between two of its values, with each of the 16 patterns of unknowns equally often; nothing known is among them.
    """
    rng = np.random.default_rng(seed)
    films = np.concatenate(
        [
            _anywhere(rng, count // 3),
            _redrawn(like, rng, count // 3),
            _between(like, rng, count - 2 * (count // 3)),
        ]
    )
    patterns = np.array(list(product([False, True], repeat=len(INPUTS))))
    films[patterns[rng.permutation(count) % len(patterns)]] = np.nan
    return films


def _anywhere(rng: np.random.Generator, count: int) -> Floats:
    """Uniform in the logarithm for money and votes, with each input's least and greatest value among them."""
    least = {REVENUE: UNKNOWN_MONEY_BELOW, BUDGET: UNKNOWN_MONEY_BELOW, VOTE_COUNT: 0, RUNTIME: 1}
    columns = []
    for wanted in INPUTS:
        low, high = np.log1p(least[wanted]), np.log1p(wanted.maximum)
        drawn = np.expm1(rng.uniform(low, high, count))
        whole = np.where(rng.random(count) < 0.8, np.rint(drawn), drawn)
        extreme = rng.choice([least[wanted], wanted.maximum], count)
        columns.append(np.where(rng.random(count) < 0.02, extreme, whole))
    return np.column_stack(columns)


def _redrawn(like: Floats, rng: np.random.Generator, count: int) -> Floats:
    """Each input a real value, on its own: what trees cut between, in combinations that they never saw."""
    return np.column_stack([rng.choice(_known(column), count) for column in like.T])


def _between(like: Floats, rng: np.random.Generator, count: int) -> Floats:
    """Half-way between neighbouring real values, where most trees have their thresholds."""
    columns = []
    for column in like.T:
        values = np.unique(_known(column))
        at = rng.integers(max(1, len(values) - 1), size=count)
        columns.append((values[at] + values[np.minimum(at + 1, len(values) - 1)]) / 2)
    return np.column_stack(columns)


def _known(column: Floats) -> Floats:
    known = column[~np.isnan(column)]
    return known if known.size else np.ones(1)
