"""JSON bodies into films as they were sent; whether a film can be used is for cinecote.features to say."""

import math
from typing import Annotated, Any

import msgspec
from msgspec import DecodeError, Meta, Raw, ValidationError

from cinecote.features import ACCEPTED, INPUTS, InputFault, member_pointer
from cinecote_api.predictions.when import When, read_film_when, read_when
from cinecote_api.problems.problems import MALFORMED, TOO_LARGE, Problem, invalid_input

MOST_FILMS = 10_000
# Twenty values a film: far more than a film has, far fewer than four megabytes of `[],` would make us build.
MOST_VALUES = 20 * MOST_FILMS

_MEMBERS = ("films", "when")

_Scalar = int | float | str | bool | None
_film = msgspec.json.Decoder(dict[str, _Scalar])
_scalar = msgspec.json.Decoder(_Scalar)
_members = msgspec.json.Decoder(dict[str, Raw])
_items = msgspec.json.Decoder(list[Raw])
_anything = msgspec.json.Decoder(Raw)
# What read_film accepts and no more.
UsableFilm: Any = msgspec.defstruct(
    "UsableFilm",
    [(it.name, Annotated[float, Meta(ge=it.minimum, le=it.maximum)] | None, None) for it in ACCEPTED],
    forbid_unknown_fields=True,
    gc=False,
)
_usable = msgspec.json.Decoder(UsableFilm)
_unknown_below = tuple(it.unknown_below for it in ACCEPTED)
_NOTHING_KNOWN = (math.nan,) * len(INPUTS)

Values = tuple[float, ...]
"""A film's values in the order of ACCEPTED, NaN where unknown."""


def read_film_body(body: bytes) -> tuple[When, Values]:
    """What read_film_when gives for `body`, by a shorter way if all is right; Problem 400, 422 or InvalidFilm."""
    try:
        sent = msgspec.structs.astuple(_usable.decode(body))
    except (DecodeError, UnicodeDecodeError):
        return _read_carefully(body)
    film = tuple(
        [
            math.nan if value is None or value < below else value + 0.0
            for value, below in zip(sent, _unknown_below, strict=True)
        ]
    )
    # One NaN isn't equal to another, but tuples hold the very same one here.
    return ("after", film) if film[: len(INPUTS)] != _NOTHING_KNOWN else _read_carefully(body)


def _read_carefully(body: bytes) -> tuple[When, Values]:
    when, film = read_film_when(parse_film(body))
    return when, tuple(film.values())


def parse_film(body: bytes) -> object:
    """The film's members, of a repeated one the last; Problem 400 where `body` is not JSON."""
    try:
        check_utf8(body)
        return _parse_film(body)
    except (DecodeError, UnicodeDecodeError, RecursionError):
        raise malformed() from None


def parse_films(body: bytes, when: When | None = None) -> tuple[When, list[object]]:
    """When `{"films": […], "when": …}` asks, and the members of each film; Problem 400, 413 or 422 where it is not so.

    `when` is what the address says, if anything; the body may not say otherwise.
    """
    if body.count(b",") > MOST_VALUES:
        raise Problem(TOO_LARGE, f"the body has more values than {MOST_FILMS} films have")
    try:
        check_utf8(body)
        said, films = _films(body)
        if when is not None and said not in (None, when):
            raise invalid_input([InputFault("/when", "is not what the address says")])
        if len(films) > MOST_FILMS:
            raise Problem(TOO_LARGE, f"a batch may have {MOST_FILMS} films at most")
        return said or when or "after", [_parse_film(film) for film in films]
    except (DecodeError, UnicodeDecodeError, RecursionError):
        raise malformed() from None


def check_utf8(body: bytes) -> None:
    """UnicodeDecodeError where `body` is not UTF-8 throughout."""
    # msgspec does so too, but not within what it passes over.
    if not body.isascii():
        body.decode()


def _films(body: bytes) -> tuple[When | None, list[Raw]]:
    try:
        members = _members.decode(body)
    except ValidationError:
        _anything.decode(body)
        raise invalid_input([InputFault("", "must be an object")]) from None
    faults = [
        InputFault(member_pointer(name), "is not a member of a batch") for name in members if name not in _MEMBERS
    ]
    if faults:
        raise invalid_input(faults)
    when = read_when(_parse_value(members["when"]), "/when") if "when" in members else None
    try:
        return when, _items.decode(members["films"])
    except (KeyError, ValidationError):
        raise invalid_input([InputFault("/films", "must be a list of films")]) from None


def _parse_film(film: bytes | Raw) -> object:
    try:
        return _film.decode(film)
    except ValidationError:
        # Raised at the first value of a wrong kind; what follows it may be no JSON at all.
        _anything.decode(film)
    try:
        members = _members.decode(film)
    except ValidationError:
        return ()
    return {name: _parse_value(value) for name, value in members.items()}


def _parse_value(value: Raw) -> object:
    try:
        return _scalar.decode(value)
    except ValidationError:
        first = bytes(value)[:1]
        if first in (b"[", b"{"):
            return ()
        # A number beyond what a float holds.
        return -math.inf if first == b"-" else math.inf


def malformed() -> Problem:
    """400 for a body that is not JSON."""
    return Problem(MALFORMED, "the body can't be parsed as JSON in UTF-8")
