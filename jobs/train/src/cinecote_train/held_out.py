"""Which films no version ever trains on."""

import numpy as np

from cinecote.exits import CommandError
from cinecote_train.arrays import Flags
from cinecote_train.dataset import Films

FEWEST_A_CATEGORY = 40
"""Films: with fewer in a category, nested cross-validation has parts without one."""

_DIGITS = 8


def is_held_out(identities: list[str], share: float) -> Flags:
    """True for about `share` of the films, by their identity alone: a film's answer never changes as others come."""
    draws = np.array([int(identity[:_DIGITS], 16) for identity in identities], dtype=np.float64)
    return np.asarray(draws < share * 16**_DIGITS)


def split(films: Films, share: float) -> tuple[Films, Films]:
    """The films to train on and the held-out ones; CommandError where they are too few to learn or judge by."""
    outside = is_held_out(films.identities.tolist(), share)
    training, held_out = films.take(~outside), films.take(outside)
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
