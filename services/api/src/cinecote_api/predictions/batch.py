"""A batch of films out of a JSON body: those that can be used, and what is wrong with the others."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np

from cinecote.features import ACCEPTED, INPUTS, InputFault, InvalidFilm
from cinecote_api.models.graph import Matrix
from cinecote_api.predictions.json_body import MOST_FILMS, MOST_VALUES, UsableFilm, parse_films
from cinecote_api.predictions.when import When, read_film_at

_UNKNOWN_BELOW = np.array([accepted.unknown_below for accepted in ACCEPTED])
_UsableBatch: Any = msgspec.defstruct("UsableBatch", [("films", list[UsableFilm])], forbid_unknown_fields=True)
_usable = msgspec.json.Decoder(_UsableBatch)


@dataclass(frozen=True, slots=True)
class Batch:
    """How many films were sent, the usable ones [n, 5] in the order of ACCEPTED, and the others' faults by place."""

    when: When
    count: int
    films: Matrix
    faults: Mapping[int, InputFault]


def read_batch(body: bytes, when: When | None = None) -> Batch:
    """The batch in `body`; Problem 400, 413 or 422 where that is none. Of a film's faults the first is told.

    `when` is what the request's address says, if anything.
    """
    films = None if when == "before" else _read_usable(body)
    return _read_carefully(body, when) if films is None else films


def _read_usable(body: bytes) -> Batch | None:
    """The batch where every film in it is usable, in a step for all of them; None where the careful way must look."""
    if body.count(b",") > MOST_VALUES:
        return None
    try:
        sent = _usable.decode(body).films
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    if not 0 < len(sent) <= MOST_FILMS:
        return None
    # An unknown input is None until here, and NaN from here on.
    films = np.array([msgspec.structs.astuple(film) for film in sent], dtype=np.float64) + 0.0
    films[films < _UNKNOWN_BELOW] = np.nan
    is_known = ~np.isnan(films[:, : len(INPUTS)]).all(axis=1)
    return Batch("after", len(sent), films, {}) if is_known.all() else None


def _read_carefully(body: bytes, asked: When | None) -> Batch:
    when, sent = parse_films(body, asked)
    films: list[list[float]] = []
    faults: dict[int, InputFault] = {}
    for index, members in enumerate(sent):
        try:
            films.append(list(read_film_at(when, members).values()))
        except InvalidFilm as invalid:
            fault = invalid.faults[0]
            faults[index] = InputFault(f"/films/{index}{fault.pointer}", fault.detail)
    return Batch(when, len(sent), np.array(films, dtype=np.float64).reshape(-1, len(ACCEPTED)), faults)
