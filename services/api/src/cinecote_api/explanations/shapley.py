"""Exact Shapley values of a prediction (Shapley 1953; Lundberg and Lee 2017, the interventional game)."""

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cinecote_api.models.graph import Matrix

Run = Callable[[Matrix], Matrix]


def shapley_shares(run: Run, film: Matrix, background: Matrix) -> tuple[Matrix, Matrix, Matrix]:
    """The film's probabilities [3], their means over the `background` [3], and each input's share of them [n, 3].

    `film` [n] and `background` [m, n] are in the order of the model's inputs, NaN unknown. An input that is absent from
    a coalition takes the values of the background's films, so that means + shares = probabilities. `run` is called
    once, with m rows for each of the coalitions but the full one, and one row for that.
    """
    members, weights = _game(len(film))
    mixed = np.where(members[:-1, None, :], film, background).reshape(-1, len(film))
    answers = run(np.vstack([mixed, film]))
    partial = answers[:-1].reshape(len(members) - 1, len(background), -1).mean(axis=1)
    worth = np.vstack([partial, answers[-1]])
    return worth[-1], worth[0], weights @ worth


@lru_cache
def _game(players: int) -> tuple[NDArray[np.bool_], Matrix]:
    """Who is in each of the 2^n coalitions, nobody's first and everybody's last; each coalition's weight in a share."""
    coalitions = np.arange(2**players)
    members = (coalitions[:, None] >> np.arange(players)) & 1 == 1
    size = members.sum(axis=1)
    orders = [math.factorial(place) for place in range(players + 1)]
    weights = np.zeros((players, len(coalitions)))
    for coalition in coalitions.tolist():
        for player in range(players):
            if members[coalition, player]:
                weight = orders[size[coalition] - 1] * orders[players - size[coalition]] / orders[players]
                weights[player, coalition] += weight
                weights[player, coalition ^ (1 << player)] -= weight
    return members, weights
