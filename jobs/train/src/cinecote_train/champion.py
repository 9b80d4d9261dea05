"""The version that is served while another one is judged: its model, and its honest answers."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from cinecote.registry import HELD_OUT_SHARE, BrokenModel
from cinecote_train.arrays import Floats
from cinecote_train.dataset import Films
from cinecote_train.held_out import outside
from cinecote_train.out_of_fold import FOLDER, OutOfFold, read_out_of_fold
from cinecote_train.stored import StoredModel, read_stored
from cinecote_train.tracking import Registry
from cinecote_train.versions import Version


@dataclass(frozen=True)
class Champion:
    """A version that can be served; `out_of_fold` is None where its run kept none."""

    version: Version
    stored: StoredModel
    out_of_fold: OutOfFold | None

    def honest(self, films: Films, held_out: float) -> Floats:
        """[n, categories]: the answer to each film by models that weren't fitted on it, NaN where there is none.

        Without answers of its own run, those are the films that are held out, now and when it was trained.
        """
        places = [name.name for name in films.model.inputs]
        columns = [places.index(name) for name in self.stored.manifest.inputs]
        answers = self.stored.graph.probabilities(films.inputs[:, columns])
        if self.out_of_fold is not None:
            return self.out_of_fold.replace(films, answers)
        share = min(held_out, self.stored.manifest.data.get(HELD_OUT_SHARE, held_out))
        answers[~outside(films, share)] = np.nan
        return answers


def read_champion(registry: Registry, films: Films, key: str | None) -> Champion | BrokenModel | None:
    """The champion, or what is wrong with it; None where there is none."""
    version = registry.champion()
    if version is None:
        return None
    try:
        stored = read_stored(registry, version, key)
    except BrokenModel as fault:
        return fault
    if missing := set(stored.manifest.inputs) - {wanted.name for wanted in films.model.inputs}:
        return BrokenModel(f"it takes {', '.join(sorted(missing))}")
    with TemporaryDirectory() as folder:
        files = registry.download_beside(version, FOLDER, Path(folder))
        return Champion(version, stored, read_out_of_fold(files) if files else None)
