"""Before or after its release: of which model a film is asked."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from cinecote.features import BUDGET, REVENUE, RUNTIME, VOTE_COUNT, InputFault, InvalidFilm, member_pointer, read_film
from cinecote_api.problems import NO_SUCH_MODEL, Problem, invalid_input

When = Literal["after", "before"]

_AFTER_ONLY = (REVENUE.name, VOTE_COUNT.name)
_NEEDED_BEFORE = (BUDGET.name, RUNTIME.name)
_NOTHING_KNOWN = InputFault("", f"at least one of {', '.join(_NEEDED_BEFORE)} must be known")


def after_release(members: object) -> object:
    """The film's `members` without `when`; Problem 409, or 422 where the film is at fault, if that is `before`."""
    if not isinstance(members, dict) or "when" not in members:
        return members
    film: dict[str, Any] = {name: value for name, value in members.items() if name != "when"}
    if read_when(members["when"], "/when") == "before":
        _check_film(film)
        raise no_such_model()
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
    if not faults and not set(_NEEDED_BEFORE) & set(names):
        faults = [InputFault("", f"at least one of the columns {', '.join(_NEEDED_BEFORE)} is needed")]
    if faults:
        raise invalid_input(faults)


def no_such_model() -> Problem:
    return Problem(NO_SUCH_MODEL, "no model for films before their release has been trained")


def _check_film(film: Mapping[str, Any]) -> None:
    faults = _known_later(film)
    try:
        read_film({name: value for name, value in film.items() if name not in _AFTER_ONLY})
    except InvalidFilm as invalid:
        faults += [fault if fault.pointer else _NOTHING_KNOWN for fault in invalid.faults]
    if faults:
        raise invalid_input(faults)


def _known_later(names: Iterable[str]) -> list[InputFault]:
    return [
        InputFault(member_pointer(name), "is not known before the release") for name in names if name in _AFTER_ONLY
    ]
