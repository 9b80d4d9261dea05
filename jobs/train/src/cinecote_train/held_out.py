"""Which films no version ever trains on."""

import numpy as np

from cinecote.exits import CommandError
from cinecote.films import is_held_out
from cinecote_train.arrays import Flags
from cinecote_train.dataset import Films

FEWEST_A_CATEGORY = 40
"""Films: with fewer in a category, nested cross-validation has parts without one."""


def outside(films: Films, share: float) -> Flags:
    """Which of `films` are held out."""
    return np.array([is_held_out(identity, share) for identity in films.identities.tolist()], dtype=bool)


def split(films: Films, share: float) -> tuple[Films, Films]:
    """The films to train on and the held-out ones; CommandError where they are too few to learn or judge by."""
    kept_back = outside(films, share)
    training, held_out = films.take(~kept_back), films.take(kept_back)
    if min(training.category_counts.values()) < FEWEST_A_CATEGORY:
        counts = ", ".join(f"{count} {name}" for name, count in training.category_counts.items())
        raise CommandError(
            f"too few films to train on: {counts}; each category needs {FEWEST_A_CATEGORY}: collect more"
        )
    if not training.complete.any():
        raise CommandError("no film has every input known, and the models are judged on such films; collect more")
    if min(held_out.category_counts.values()) == 0:
        raise CommandError("the held-out films lack a category; collect more, or raise CINECOTE_HELD_OUT")
    return training, held_out
