"""The inputs of a prediction: their order, their meaning, and what they may be."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

MAX_LISTED_ERRORS = 20
"""An answer names at most so many faults."""

UNKNOWN_MONEY_BELOW = 1_000
"""Dollars: a smaller budget or revenue was typed in another unit, so it says nothing."""

_LONGEST_NAME = 64


@dataclass(frozen=True, slots=True)
class Input:
    """One input; a value in `[0, unknown_below)` means unknown. `unit` is dollars, votes, minutes or year."""

    name: str
    unit: str
    minimum: float
    maximum: float
    unknown_below: float = 0

    def read(self, value: object) -> float:
        """`value` as a float, NaN where unknown; ValueError where it is no such input, without repeating it."""
        if value is None:
            return math.nan
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError("must be a number")
        if value < self.minimum:
            raise ValueError(f"must be at least {self.minimum:.12g}")
        if value > self.maximum:
            raise ValueError(f"must be at most {self.maximum:.12g}")
        if not math.isfinite(value):
            raise ValueError("must be a finite number")
        return math.nan if value < self.unknown_below else float(value) + 0.0


REVENUE = Input("revenue", "dollars", 0, 1e11, unknown_below=UNKNOWN_MONEY_BELOW)
BUDGET = Input("budget", "dollars", 0, 1e11, unknown_below=UNKNOWN_MONEY_BELOW)
VOTE_COUNT = Input("vote_count", "votes", 0, 1e8)
RUNTIME = Input("runtime", "minutes", 0, 1_000, unknown_below=math.ulp(0.0))
RELEASE_YEAR = Input("release_year", "year", 1888, 2100)

INPUTS: tuple[Input, ...] = (REVENUE, BUDGET, VOTE_COUNT, RUNTIME)
"""The product's four inputs, in the order of every tensor."""

ACCEPTED: tuple[Input, ...] = (*INPUTS, RELEASE_YEAR)

KNOWN_BEFORE_RELEASE: tuple[Input, ...] = (BUDGET, RUNTIME, RELEASE_YEAR)
"""What can be known of a film before its release."""

_BY_NAME = {accepted.name: accepted for accepted in ACCEPTED}
_REQUIRED_NAMES = tuple(wanted.name for wanted in INPUTS)


@dataclass(frozen=True, slots=True)
class InputFault:
    """What is wrong with one member; `pointer` is a JSON pointer (RFC 6901) into the film."""

    pointer: str
    detail: str


class InvalidFilm(ValueError):
    """A film that no prediction can be made for."""

    def __init__(self, faults: list[InputFault]) -> None:
        super().__init__("; ".join(f"{fault.pointer or 'film'}: {fault.detail}" for fault in faults))
        self.faults = faults


def read_film(members: object) -> dict[str, float]:
    """The accepted inputs by name, NaN where unknown; InvalidFilm names every fault, up to MAX_LISTED_ERRORS."""
    if not isinstance(members, Mapping):
        raise InvalidFilm([InputFault("", "must be an object")])
    values = dict.fromkeys(_BY_NAME, math.nan)
    faults: list[InputFault] = []
    for name, value in members.items():
        try:
            values[name] = _accepted(name).read(value)
        except ValueError as fault:
            faults.append(InputFault(member_pointer(name), str(fault)))
            if len(faults) == MAX_LISTED_ERRORS:
                break
    if faults:
        raise InvalidFilm(faults)
    if not is_known(values):
        raise InvalidFilm([InputFault("", f"at least one of {', '.join(_REQUIRED_NAMES)} must be known")])
    return values


def is_known(film: Mapping[str, float]) -> bool:
    """Whether enough is known of a film: one of the four inputs."""
    return any(film[name] == film[name] for name in _REQUIRED_NAMES)  # NaN isn't equal to itself


def _accepted(name: str) -> Input:
    try:
        return _BY_NAME[name]
    except KeyError:
        raise ValueError("is not an input") from None


def member_pointer(name: str) -> str:
    """JSON pointer to the member `name` of a body; a name of more than 64 characters is cut."""
    shown = name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
    return "/" + shown.replace("~", "~0").replace("/", "~1")
