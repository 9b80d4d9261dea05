"""What is fitted on and what is scored: folds, a split by release date, and all of the training films."""

from dataclasses import dataclass

import numpy as np
from sklearn.model_selection import StratifiedKFold

from cinecote_train.arrays import Integers
from cinecote_train.dataset import Films

OUTER_FOLDS = 5
BY_DATE = "by date"
FINAL = "final"

_NEWEST = 0.2


@dataclass(frozen=True)
class Split:
    """Indices into the training films: what is seen, and what is answered for afterwards (nothing, for FINAL)."""

    name: str
    seen: Integers
    scored: Integers


def folds(films: Films, seed: int) -> list[Split]:
    """Stratified folds: each film is scored once, by a model that never saw it."""
    parts = StratifiedKFold(OUTER_FOLDS, shuffle=True, random_state=seed).split(films.inputs, films.categories)
    return [Split(f"fold {number}", seen, scored) for number, (seen, scored) in enumerate(parts, start=1)]


def by_date(films: Films) -> Split:
    """The older four fifths of the dated films, and the newest fifth; films of one day stay together."""
    dated = np.flatnonzero(~np.isnat(films.release_dates))
    dates = films.release_dates[dated]
    first_new = np.sort(dates)[int(len(dates) * (1 - _NEWEST))]
    return Split(BY_DATE, seen=dated[dates < first_new], scored=dated[dates >= first_new])


def final(films: Films) -> Split:
    """Every training film; the model of this split is the one that may be served."""
    return Split(FINAL, seen=np.arange(len(films)), scored=np.empty(0, dtype=np.int64))
