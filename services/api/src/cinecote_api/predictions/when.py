"""Before or after its release: what may be said of a film, and what must be."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from cinecote.features import (
    ACCEPTED,
    KNOWN_BEFORE_RELEASE,
    InputFault,
    InvalidFilm,
    member_pointer,
    read_film,
)
from cinecote.models import BEFORE_RELEASE
from cinecote_api.problems.problems import invalid_input

When = Literal["after", "before"]

NEEDED_BEFORE = BEFORE_RELEASE.required
"""Of these, one at least must be known of a film before its release."""

_AFTER_ONLY = frozenset(it.name for it in ACCEPTED if it not in KNOWN_BEFORE_RELEASE)
_NEEDED_NAMES = tuple(it.name for it in NEEDED_BEFORE)
_NOTHING_KNOWN = InputFault("", f"at least one of {', '.join(_NEEDED_NAMES)} must be known")


def read_film_when(members: object) -> tuple[When, dict[str, float]]:
    """What a film's `members` say of it, `when` among them; Problem 422 or InvalidFilm where it is at fault."""
    if not isinstance(members, dict) or "when" not in members:
        return "after", read_film(members)
    film: dict[str, Any] = {name: value for name, value in members.items() if name != "when"}
    when = read_when(members["when"], "/when")
    return when, read_film_at(when, film)


def read_film_at(when: When, members: object) -> dict[str, float]:
    """What read_film gives, for a film of which no more may be said than is known `when` it is asked about."""
    if when == "after" or not isinstance(members, Mapping):
        return read_film(members)
    faults = _known_later(members)
    try:
        film = read_film({name: value for name, value in members.items() if name not in _AFTER_ONLY})
    except InvalidFilm as invalid:
        faults += [fault if fault.pointer else _NOTHING_KNOWN for fault in invalid.faults]
    if faults:
        raise InvalidFilm(faults)
    return film


def read_when(value: object, pointer: str) -> When:
    """`value` as what it may be; Problem 422 otherwise."""
    if value == "after":
        return "after"
    if value == "before":
        return "before"
    raise invalid_input([InputFault(pointer, "must be after or before")])


def check_columns(names: Iterable[str]) -> None:
    """Problem 422 where a table of these inputs can't be asked about before the release."""
    faults = _known_later(names)
    if not faults and not set(_NEEDED_NAMES) & set(names):
        faults = [InputFault("", f"at least one of the columns {', '.join(_NEEDED_NAMES)} is needed")]
    if faults:
        raise invalid_input(faults)


def _known_later(names: Iterable[str]) -> list[InputFault]:
    return [
        InputFault(member_pointer(name), "is not known before the release") for name in names if name in _AFTER_ONLY
    ]
