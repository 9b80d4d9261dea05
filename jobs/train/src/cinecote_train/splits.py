"""What is fitted on and what is scored: folds, a split by release date, and all of the training films."""

from dataclasses import dataclass

import numpy as np
from sklearn.model_selection import StratifiedKFold

from cinecote.exits import CommandError
from cinecote.films import CATEGORIES
from cinecote_train.arrays import Integers
from cinecote_train.dataset import Films

OUTER_FOLDS = 5
BY_DATE = "by date"
FINAL = "final"

_NEWEST = 0.2
_FEWEST_OLDER = 10
"""Films a category: two in each of the inner folds of the most thorough search."""


@dataclass(frozen=True)
class Split:
    """Indices into the training films: what is seen, and what is answered for afterwards (nothing, for FINAL)."""

    name: str
    seen: Integers
    scored: Integers


def folds(films: Films, seed: int, count: int) -> list[Split]:
    """So many stratified folds: each film is scored once, by a model that saw neither it nor its like.

    Entries of one title and year may be one film whose running times differ by source, so they fall in one fold.
    """
    _, first, identity = np.unique(films.identities, return_index=True, return_inverse=True)
    parts = StratifiedKFold(count, shuffle=True, random_state=seed).split(first, films.categories[first])
    inside = [np.isin(identity, scored) for _, scored in parts]
    return [
        Split(f"fold {number}", seen=np.flatnonzero(~scored), scored=np.flatnonzero(scored))
        for number, scored in enumerate(inside, start=1)
    ]


def by_date(films: Films) -> Split:
    """The older four fifths of the dated films, and the newest fifth; films of one day stay together.

    CommandError where the older ones are too few to learn from.
    """
    dated = np.flatnonzero(~np.isnat(films.release_dates))
    dates = films.release_dates[dated]
    first_new = np.sort(dates)[int(len(dates) * (1 - _NEWEST))] if len(dates) else np.datetime64("NaT")
    older, scored = dated[dates < first_new], dated[dates >= first_new]
    seen = older[~np.isin(films.identities[older], films.identities[scored])]
    fewest = int(np.bincount(films.categories[seen], minlength=len(CATEGORIES)).min())
    if fewest < _FEWEST_OLDER:
        raise CommandError(
            f"too few dated films to judge by release date: of one category {fewest} are older than the newest fifth, "
            f"{_FEWEST_OLDER} are needed: collect more"
        )
    return Split(BY_DATE, seen, scored)


def final(films: Films) -> Split:
    """Every training film; the model of this split is the one that may be served."""
    return Split(FINAL, seen=np.arange(len(films)), scored=np.empty(0, dtype=np.int64))
