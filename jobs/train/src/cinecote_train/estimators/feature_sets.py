"""Which features are made of a film's inputs: named sets, among which a search chooses."""

from collections.abc import Mapping
from dataclasses import dataclass

from cinecote.features import BUDGET, RELEASE_YEAR, REVENUE, RUNTIME, VOTE_COUNT, Input

Inputs = tuple[Input, ...]
"""What the columns of a film's inputs are, in their order."""

_LOGARITHMIC = (REVENUE, BUDGET, VOTE_COUNT)
_AS_THEY_ARE = (RUNTIME, RELEASE_YEAR)
_RATIOS = ((REVENUE, BUDGET), (VOTE_COUNT, REVENUE), (VOTE_COUNT, BUDGET))
"""Pairs of inputs whose logarithms are subtracted: returns, and votes a dollar earned and spent."""


@dataclass(frozen=True)
class FeatureSet:
    """Logarithms and plain values always; `ratios`; whether each input is `unknown`; the release `year`, or the
    logarithm of its `age` at the newest film learnt from, or neither.
    """

    ratios: bool = True
    unknown: bool = False
    year: bool = True
    age: bool = False


USUAL = "ratios"

SETS: Mapping[str, FeatureSet] = {
    USUAL: FeatureSet(),
    "plain": FeatureSet(ratios=False),
    "unknowns": FeatureSet(unknown=True),
    "age": FeatureSet(year=False, age=True),
    "timeless": FeatureSet(year=False),
}


def logarithms(wanted: Inputs) -> list[int]:
    """The columns of `wanted` that are told by their logarithms, which are the first features."""
    return [wanted.index(each) for each in _LOGARITHMIC if each in wanted]


def as_they_are(wanted: Inputs, name: str = USUAL) -> list[int]:
    """The columns of `wanted` that are features as they are, which follow the logarithms."""
    kept = _AS_THEY_ARE if SETS[name].year else (RUNTIME,)
    return [wanted.index(each) for each in kept if each in wanted]


def ratios(wanted: Inputs, name: str = USUAL) -> list[tuple[int, int]]:
    """Pairs of places among the logarithms, whose differences come next."""
    present = [each for each in _LOGARITHMIC if each in wanted]
    pairs = _RATIOS if SETS[name].ratios else ()
    return [(present.index(over), present.index(under)) for over, under in pairs if {over, under} <= set(present)]


def aged(wanted: Inputs, name: str) -> list[int]:
    """The column of the release year where its age is a feature, which then comes next."""
    return [wanted.index(RELEASE_YEAR)] if SETS[name].age and RELEASE_YEAR in wanted else []


def feature_names(wanted: Inputs, name: str) -> list[str]:
    """What the features are, in their order."""
    logs = [f"log {wanted[column].name}" for column in logarithms(wanted)]
    return [
        *logs,
        *(wanted[column].name for column in as_they_are(wanted, name)),
        *(f"{logs[over]} - {logs[under]}" for over, under in ratios(wanted, name)),
        *("log age" for _ in aged(wanted, name)),
        *(f"{each.name} unknown" for each in wanted if SETS[name].unknown),
    ]


def choices(wanted: Inputs) -> list[str]:
    """The sets that differ for these inputs, by name, the usual one first."""
    first: dict[tuple[str, ...], str] = {}
    for name in SETS:
        first.setdefault(tuple(feature_names(wanted, name)), name)
    return list(first.values())
