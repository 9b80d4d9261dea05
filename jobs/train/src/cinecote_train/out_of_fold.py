"""What a version's own procedure answered to each film that it was trained on, by models that never saw it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cinecote_train.arrays import Flags, Floats
from cinecote_train.dataset import Films

FOLDER = "answers"
"""Of a run's artifacts, beside the model's."""

_FILE = "out_of_fold.npz"


@dataclass(frozen=True)
class OutOfFold:
    """`identities` [n] of the training films in their order, and `probabilities` [n, categories]."""

    identities: NDArray[np.str_]
    probabilities: Floats

    def write(self, folder: Path) -> None:
        """Put it into `folder`; the same answers give the same bytes."""
        np.savez_compressed(
            folder / _FILE, identities=self.identities.astype(np.bytes_), probabilities=self.probabilities
        )

    def replace(self, films: Films, answers: Floats) -> Floats:
        """`answers` [n, categories] to `films`, those that were trained on replaced by what is written here.

        NaN where a film that was trained on can't be told from others of its title and year.
        """
        trained = np.isin(films.identities, self.identities)
        rows = {identity: row for row, identity in enumerate(self.identities.tolist())}
        clear = _once(self.identities, films.identities) & _once(films.identities, films.identities)
        honest = answers.copy()
        honest[trained] = np.nan
        known = np.flatnonzero(trained & clear)
        honest[known] = self.probabilities[[rows[films.identities[film]] for film in known]]
        return honest


def read_out_of_fold(folder: Path) -> OutOfFold | None:
    """What a version's run left in `folder`; None where it is nothing that can be read."""
    try:
        with np.load(folder / _FILE, allow_pickle=False) as stored:
            return OutOfFold(stored["identities"].astype(np.str_), stored["probabilities"])
    except (OSError, ValueError, KeyError):
        return None


def _once(among: NDArray[np.str_], asked: NDArray[np.str_]) -> Flags:
    """Which of the `asked` stand exactly once in `among`."""
    names, counts = np.unique(among, return_counts=True)
    return np.isin(asked, names[counts == 1])
