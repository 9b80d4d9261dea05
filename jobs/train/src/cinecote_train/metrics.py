"""How good probabilities and the categories they name are. Pure functions of arrays.

`labels` is [n] of category indices, `probabilities` [n, categories] in rising order. Functions of confusions take
[…, categories, categories] counts, rows the truth, and answer […]: one call scores every bootstrap resample.
"""

import math

import numpy as np

from cinecote_train.arrays import Floats, Integers

_LEAST = 1e-15
"""A probability of 0 would make one film's loss infinite."""


def cells(labels: Integers, probabilities: Floats) -> Floats:
    """[n, categories²]: 1 in the cell of the flattened confusion that a film falls in."""
    categories = probabilities.shape[1]
    found: Floats = np.eye(categories**2)[labels * categories + probabilities.argmax(axis=1)]
    return found


def confusion(labels: Integers, probabilities: Floats) -> Floats:
    """[categories, categories]: films by their category (rows) and by the likeliest one (columns)."""
    categories = probabilities.shape[1]
    counts: Floats = cells(labels, probabilities).sum(axis=0).reshape(categories, categories)
    return counts


def confusions(weights: Floats, cells: Floats) -> Floats:
    """[b, categories, categories]: one a row of `weights`, [b, n] counts of films; `cells` as above."""
    counts = weights @ cells
    categories = math.isqrt(cells.shape[1])
    return counts.reshape(-1, categories, categories)


def f1(confusions: Floats) -> Floats:
    """[…, categories]: each category's F1; one that is neither there nor named counts 0."""
    right = np.diagonal(confusions, axis1=-2, axis2=-1)
    both = confusions.sum(axis=-1) + confusions.sum(axis=-2)
    scores: Floats = np.divide(2 * right, both, out=np.zeros_like(right), where=both > 0)
    return scores


def macro_f1(confusions: Floats) -> Floats:
    """The mean over categories of F1."""
    means: Floats = f1(confusions).mean(axis=-1)
    return means


def quadratic_weighted_kappa(confusions: Floats) -> Floats:
    """Agreement beyond chance, 1 at best, where confusing the extremes costs four times a neighbour (Cohen 1968)."""
    ranks = np.arange(confusions.shape[-1])
    costs = np.subtract.outer(ranks, ranks) ** 2
    films = confusions.sum(axis=(-2, -1))
    expected = confusions.sum(axis=-1)[..., :, np.newaxis] * confusions.sum(axis=-2)[..., np.newaxis, :]
    by_chance = (costs * expected).sum(axis=(-2, -1))
    cost = films * (costs * confusions).sum(axis=(-2, -1))
    kappa: Floats = 1.0 - np.divide(cost, by_chance, out=np.zeros_like(cost), where=by_chance > 0)
    return kappa


def ranked_probability_losses(labels: Integers, probabilities: Floats) -> Floats:
    """[n], 0 best and 1 worst: squared distance of the cumulated probabilities to the truth's (Epstein 1969)."""
    categories = probabilities.shape[1]
    at_most = probabilities.cumsum(axis=1)[:, :-1]
    truth = labels[:, np.newaxis] <= np.arange(categories - 1)
    losses: Floats = ((at_most - truth) ** 2).sum(axis=1) / (categories - 1)
    return losses


def log_losses(labels: Integers, probabilities: Floats) -> Floats:
    """[n], in nats: minus the logarithm of the probability that the film's category was given."""
    given = probabilities[np.arange(len(labels)), labels]
    losses: Floats = -np.log(np.clip(given, _LEAST, 1.0))
    return losses
