"""Where a page of films ended, as an opaque token."""

import math
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import date

import msgspec

SortValue = date | float | int | str | None

_LARGEST_INTEGER = 2**63 - 1


class InvalidCursor(ValueError):
    """A token that is no cursor, or one of another query."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last film's value in the sorted column, None where unknown, and its id."""

    value: SortValue
    film_id: int


class _Token(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    query: str
    value: float | int | str | None
    film_id: int


def write_cursor(cursor: Cursor, query: str) -> str:
    """The token for `cursor` in the query whose digest is `query`."""
    value = cursor.value.isoformat() if isinstance(cursor.value, date) else cursor.value
    token = msgspec.json.encode(_Token(query, value, cursor.film_id))
    return urlsafe_b64encode(token).rstrip(b"=").decode("ascii")


def read_cursor(token: str, query: str, kind: type[date] | type[float] | type[int] | type[str]) -> Cursor:
    """The cursor in `token`, whose value is of `kind` or unknown; InvalidCursor where it isn't one of this query."""
    try:
        padded = token.encode("ascii") + b"=" * (-len(token) % 4)
        said = msgspec.json.decode(urlsafe_b64decode(padded), type=_Token)
        if said.query != query or not 0 < said.film_id <= _LARGEST_INTEGER:
            raise InvalidCursor
        return Cursor(_value(said.value, kind), said.film_id)
    # An integer may have more digits than a float has room for.
    except (ValueError, OverflowError, msgspec.DecodeError):
        raise InvalidCursor from None


def _value(value: float | int | str | None, kind: type) -> SortValue:
    """`value` as one of `kind` that a database takes; ValueError otherwise."""
    if value is None:
        return None
    if isinstance(value, str):
        if kind is date:
            return date.fromisoformat(value)
        if kind is str:
            return value
    elif kind is float and math.isfinite(value):
        return float(value)
    elif kind is int and isinstance(value, int) and abs(value) <= _LARGEST_INTEGER:
        return value
    raise ValueError(kind.__name__)
