"""How far the films asked about lately are from those that a model was trained on. Pure."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cinecote.asked import AskedFilm, distinct
from cinecote.distances import binned, ks_distance, stability_index
from cinecote.features import RELEASE_YEAR
from cinecote.films import CATEGORIES
from cinecote.registry import Histogram, Manifest

MODERATE = 0.1
MAJOR = 0.2
"""By convention a population stability index above these is a moderate and a major shift (Siddiqi, Credit Risk
Scorecards, 2006)."""

FEWEST = 200
"""Films on either side for a figure. Without any shift n * PSI is distributed as chi-squared with one degree of freedom
less than there are bins (Yurdakul, 2018): of 200 films in ten bins one figure in twenty is above 0.085."""

CATEGORY = "category"
"""Stands where an input's name does: the categories that are answered."""

PSI = "psi"
KS = "ks"
UNKNOWN_PSI = "unknown_psi"

CALENDAR = frozenset({RELEASE_YEAR.name})
"""Inputs that move with time whatever is done: told, and no reason to train."""


class Figure(NamedTuple):
    """One statistic of one input, or of CATEGORY."""

    input: str
    statistic: str
    value: float


@dataclass(frozen=True, slots=True)
class InputDrift:
    """An input's known values and unknown ones beside training's; a figure is None where films are too few."""

    name: str
    known: int
    unknown: int
    unknown_share_trained: float
    psi: float | None
    ks: float | None
    unknown_psi: float | None


@dataclass(frozen=True, slots=True)
class CategoryDrift:
    """What the champion answers beside the categories of its training films: shares in the order of CATEGORIES.

    Answered are the mean probabilities. Where these are calibrated they are the categories' shares, which the likeliest
    categories' aren't: those name the common category too often without any drift.
    """

    films: int
    trained: tuple[float, ...]
    answered: tuple[float, ...] | None
    psi: float | None
    ks: float | None


@dataclass(frozen=True, slots=True)
class Drift:
    """The drift of what was asked from what `version` was trained on; `films` are distinct ones."""

    version: str
    films: int
    inputs: tuple[InputDrift, ...]
    category: CategoryDrift

    def figures(self) -> Iterator[Figure]:
        """Every figure that there are films enough for."""
        for each in self.inputs:
            for statistic, value in ((PSI, each.psi), (KS, each.ks), (UNKNOWN_PSI, each.unknown_psi)):
                if value is not None:
                    yield Figure(each.name, statistic, value)
        for statistic, value in ((PSI, self.category.psi), (KS, self.category.ks)):
            if value is not None:
                yield Figure(CATEGORY, statistic, value)

    def beyond(self, threshold: float) -> list[Figure]:
        """The indices above `threshold` that another training could answer, the largest first."""
        indices = [
            figure
            for figure in self.figures()
            if figure.statistic != KS and figure.input not in CALENDAR and figure.value > threshold
        ]
        return sorted(indices, key=lambda figure: -figure.value)


def measure(manifest: Manifest, version: str, asked: Iterable[AskedFilm]) -> Drift:
    """The drift of the films asked about of the model that `manifest` describes, each film counted once.

    The inputs are those of every version's requests, the categories those that `version` itself answered.
    """
    films = distinct(asked)
    inputs = tuple(
        _input_drift(name, manifest.histograms[name], [film.value(name) for film in films])
        for name in manifest.inputs
        if name in manifest.histograms
    )
    own = [film.probabilities for film in films if film.version == version]
    return Drift(version, len(films), inputs, _category_drift(manifest.data.get("categories", {}), own))


def _input_drift(name: str, trained: Histogram, values: Sequence[float | None]) -> InputDrift:
    known = [value for value in values if value is not None]
    unknown, seen = len(values) - len(known), sum(trained.counts)
    # Of a single bin nothing can be told.
    shaped = len(trained.counts) > 1 and min(seen, len(known)) >= FEWEST
    now = binned(trained.edges, known) if shaped else []
    counted = min(seen + trained.unknown, len(values)) >= FEWEST
    return InputDrift(
        name=name,
        known=len(known),
        unknown=unknown,
        unknown_share_trained=trained.unknown / max(1, trained.unknown + seen),
        psi=stability_index(trained.counts, now) if shaped else None,
        ks=ks_distance(trained.counts, now) if shaped else None,
        unknown_psi=stability_index((trained.unknown, seen), (unknown, len(known))) if counted else None,
    )


def _category_drift(trained: Mapping[str, int], answers: Sequence[Sequence[float]]) -> CategoryDrift:
    before = [trained.get(category, 0) for category in CATEGORIES]
    shares = tuple(count / max(1, sum(before)) for count in before)
    if min(sum(before), len(answers)) < FEWEST:
        return CategoryDrift(len(answers), shares, None, None, None)
    now = [math.fsum(column) for column in zip(*answers, strict=True)]
    answered = tuple(count / len(answers) for count in now)
    return CategoryDrift(len(answers), shares, answered, stability_index(before, now), ks_distance(before, now))
