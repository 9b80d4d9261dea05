"""How good the answers are within parts of the films: by decade, by what is unknown of them, by their votes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cinecote.films import CATEGORIES
from cinecote_train import metrics
from cinecote_train.dataset import Films
from cinecote_train.scoring import RESAMPLES, Answers, Estimate, estimate, weights_of_resamples

SMALL = 100
"""Films: with fewer, an interval is so wide that it hardly tells anything."""

FEWEST = 10
"""Films: with fewer, resamples of them are too much alike for an interval, and no figure is given."""

_VOTES = (0, 100, 300, 1_000, 3_000, 10_000)
"""Where each bucket of votes begins."""

Named = NDArray[np.str_]


@dataclass(frozen=True)
class Slice:
    """So many `films` of a kind, and how well they were answered.

    `right` is the share whose category was named, None where the films are fewer than FEWEST; `macro_f1` is also None
    where a category has no film among them.
    """

    name: str
    films: int
    right: Estimate | None
    macro_f1: Estimate | None

    @property
    def is_small(self) -> bool:
        return self.films < SMALL


def slicings(films: Films, answers: Answers, seed: int) -> dict[str, list[Slice]]:
    """By what the films are parted by: the parts, which hold each film once."""
    return {by: _slices(names, answers, seed) for by, names in ((by, part(films)) for by, part in _PARTED.items())}


def _slices(names: tuple[Sequence[str], Named], answers: Answers, seed: int) -> list[Slice]:
    order, of_films = names
    return [_slice(name, of_films == name, answers, seed) for name in order if (of_films == name).any()]


def _slice(name: str, which: NDArray[np.bool_], answers: Answers, seed: int) -> Slice:
    labels, probabilities = answers.labels[which], answers.probabilities[which]
    films = len(labels)
    if films < FEWEST:
        return Slice(name, films, None, None)
    cells = metrics.cells(labels, probabilities)
    resamples = weights_of_resamples(films, np.random.default_rng(seed), RESAMPLES)
    weights = np.vstack([np.ones((1, films)), *resamples])
    confusions = metrics.confusions(weights, cells)
    right = np.trace(confusions, axis1=1, axis2=2) / films
    scores = metrics.macro_f1(confusions)
    whole = len(np.unique(labels)) == len(CATEGORIES)
    return Slice(
        name,
        films,
        estimate(float(right[0]), right[1:]),
        estimate(float(scores[0]), scores[1:]) if whole else None,
    )


def _by_decade(films: Films) -> tuple[Sequence[str], Named]:
    decades = films.release_dates.astype("datetime64[Y]").astype(np.int64) // 10 * 10 + 1970
    unknown = np.isnat(films.release_dates)
    names = np.array(["date unknown" if no else f"{decade}s" for no, decade in zip(unknown, decades, strict=True)])
    return sorted(set(names.tolist())), names


def _by_unknown(films: Films) -> tuple[Sequence[str], Named]:
    """Each film by the inputs that are unknown of it; the commonest first."""
    inputs = np.array([each.name.replace("_", " ") for each in films.model.inputs])
    names = np.array([" and ".join(inputs[unknown]) or "nothing unknown" for unknown in np.isnan(films.inputs)])
    found, counts = np.unique(names, return_counts=True)
    return [str(found[place]) for place in np.argsort(-counts, kind="stable")], names


def _by_votes(films: Films) -> tuple[Sequence[str], Named]:
    ends = (*_VOTES[1:], None)
    order = [_between(first, end) for first, end in zip(_VOTES, ends, strict=True)]
    return order, np.array(order)[np.searchsorted(_VOTES, films.votes, side="right") - 1]


def _between(first: int, end: int | None) -> str:
    if end is None:
        return f"{first:,} or more"
    return f"{first:,} to {end - 1:,}" if first else f"fewer than {end:,}"


_PARTED: Mapping[str, Callable[[Films], tuple[Sequence[str], Named]]] = {
    "decade": _by_decade,
    "unknown inputs": _by_unknown,
    "votes": _by_votes,
}
"""By what: the names of the parts in the order they are told, and the one of each film."""
