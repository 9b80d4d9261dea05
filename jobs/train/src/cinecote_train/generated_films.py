"""Films that nobody made, to check a graph on: every pattern of unknowns, the corners of what the api accepts."""

from itertools import product

import numpy as np

from cinecote.features import RUNTIME, Input
from cinecote_train.arrays import Floats
from cinecote_train.estimators.feature_sets import Inputs

COUNT = 100_000


def generated_films(like: Floats, wanted: Inputs, seed: int, count: int = COUNT) -> Floats:
    """[count, wanted]: a third spread over all that the api accepts, a third redrawn from the values of `like`, a third
    between two of its values, with each pattern of unknowns equally often; nothing known is among them.
    """
    rng = np.random.default_rng(seed)
    films = np.concatenate(
        [
            _anywhere(wanted, rng, count // 3),
            _redrawn(like, rng, count // 3),
            _between(like, rng, count - 2 * (count // 3)),
        ]
    )
    patterns = np.array(list(product([False, True], repeat=len(wanted))))
    films[patterns[rng.permutation(count) % len(patterns)]] = np.nan
    return films


def _anywhere(wanted: Inputs, rng: np.random.Generator, count: int) -> Floats:
    """Uniform in the logarithm, with each input's least and greatest known value among them."""
    columns = []
    for each in wanted:
        least = _least(each)
        drawn = np.expm1(rng.uniform(np.log1p(least), np.log1p(each.maximum), count))
        whole = np.where(rng.random(count) < 0.8, np.rint(drawn), drawn)
        extreme = rng.choice([least, each.maximum], count)
        columns.append(np.where(rng.random(count) < 0.02, extreme, whole))
    return np.column_stack(columns)


def _least(wanted: Input) -> float:
    return 1 if wanted == RUNTIME else max(wanted.minimum, wanted.unknown_below)


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
