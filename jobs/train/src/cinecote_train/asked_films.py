"""Stored films as the api would be asked about them: what they say of the inputs, and whether that is enough."""

from collections.abc import Sequence

import numpy as np

from cinecote.features import ACCEPTED, Input
from cinecote.models import FilmModel
from cinecote_train.arrays import Flags, Floats

_LOWEST = np.array([max(accepted.minimum, accepted.unknown_below) for accepted in ACCEPTED])
_HIGHEST = np.array([accepted.maximum for accepted in ACCEPTED])


def as_asked(stored: Floats) -> Floats:
    """Values [n, 5] in the order of ACCEPTED, NaN where one is unknown, says nothing or is out of range."""
    return np.where((stored >= _LOWEST) & (stored <= _HIGHEST), stored, np.nan)


def askable(inputs: Floats, columns: Sequence[Input], model: FilmModel) -> Flags:
    """Of which films [n, columns], NaN where unknown, enough is known to ask the model."""
    required = [columns.index(each) for each in model.required]
    return np.asarray(~np.isnan(inputs[:, required]).all(axis=1))
