"""Whether films are such as training may learn from. Pure: films and the champion's manifest in, faults out.

What is far from anything that the champion saw is a fault of collecting more often than a new world, and no comparison
on the same films shows it: a challenger fits whatever it is given.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from cinecote.distances import stability_index
from cinecote.registry import Histogram, Manifest
from cinecote_train.arrays import Floats
from cinecote_train.dataset import Films
from cinecote_train.evaluation import CROSS_VALIDATION
from cinecote_train.metrics import confusion, macro_f1
from cinecote_train.scoring import MACRO_F1

FEWEST_FILMS = 0.5
"""Of the champion's films, so many must still be there."""

MORE_UNKNOWN = 0.25
"""An input's share of unknown values may rise by so much."""

GREATEST_SHIFT = 0.5
"""Population stability index of an input's known values or of the categories; 0.25 is called a major shift."""

GREATEST_FALL = 0.1
"""The champion's macro-F1 on these films may be so much lower than where it was trained."""

_FEWEST_COMPARED = 100


@dataclass(frozen=True)
class Fault:
    """What is wrong, and the figure that shows it by its name."""

    reason: str
    name: str
    figure: float


def value_faults(films: Films) -> Iterator[Fault]:
    """Values that collecting never writes: where they mean unknown, or lie outside of what the api accepts."""
    for wanted, column in zip(films.model.inputs, films.inputs.T, strict=True):
        # NaN fails both comparisons.
        wrong = int(((column < max(wanted.minimum, wanted.unknown_below)) | (column > wanted.maximum)).sum())
        if wrong:
            reason = f"{wrong:,} films have a {wanted.name} of 0 or beyond what is accepted"
            yield Fault(reason, f"{wanted.name}_wrong", wrong)


def shift_faults(films: Films, manifest: Manifest, honest: Floats) -> Iterator[Fault]:
    """What sets the films apart from the champion's; `honest` [n, categories] are its answers or NaN."""
    told = manifest.data["films"] + manifest.data["held_out"]
    if len(films) < FEWEST_FILMS * told:
        yield Fault(f"{len(films):,} films, where the champion had {told:,}", "films", len(films))
    for wanted, column in zip(films.model.inputs, films.inputs.T, strict=True):
        if wanted.name in manifest.histograms:
            yield from _input_faults(wanted.name, column, manifest.histograms[wanted.name])
    yield from _category_faults(films, manifest.data["categories"])
    yield from _answer_faults(films, manifest, honest)


def _input_faults(name: str, column: Floats, before: Histogram) -> Iterator[Fault]:
    unknown, known = float(np.isnan(column).mean()), column[~np.isnan(column)]
    seen = sum(before.counts)
    share_before = before.unknown / max(1, before.unknown + seen)
    if unknown > share_before + MORE_UNKNOWN:
        reason = f"{name} is unknown of {unknown:.0%} of the films, before of {share_before:.0%}"
        yield Fault(reason, f"{name}_unknown", unknown)
    if min(seen, known.size) >= _FEWEST_COMPARED:
        edges = np.array([-np.inf, *before.edges[1:-1], np.inf])
        shift = stability_index(before.counts, np.histogram(known, edges)[0].tolist())
        if shift > GREATEST_SHIFT:
            yield Fault(f"{name} is distributed otherwise (PSI {shift:.2f})", f"{name}_psi", shift)


def _category_faults(films: Films, before: Mapping[str, int]) -> Iterator[Fault]:
    shift = stability_index(list(before.values()), list(films.category_counts.values()))
    if shift > GREATEST_SHIFT:
        yield Fault(f"the categories are distributed otherwise (PSI {shift:.2f})", "categories_psi", shift)


def _answer_faults(films: Films, manifest: Manifest, honest: Floats) -> Iterator[Fault]:
    answered = ~np.isnan(honest).any(axis=1)
    if answered.sum() < _FEWEST_COMPARED or CROSS_VALIDATION not in manifest.metrics:
        return
    score = float(macro_f1(confusion(films.categories[answered], honest[answered])))
    before = manifest.metrics[CROSS_VALIDATION][MACRO_F1]["value"]
    if score < before - GREATEST_FALL:
        reason = f"the champion's macro-F1 on these films is {score:.3f}, where it was trained {before:.3f}"
        yield Fault(reason, "champion_macro_f1", score)
