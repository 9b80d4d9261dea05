"""Cells into inputs: columns at a time, and one by one where anything about a row is unusual."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cinecote.features import ACCEPTED, INPUTS, Input, InputFault, InvalidFilm
from cinecote_api.csv_batch.records import Record
from cinecote_api.csv_cells import NUMBER
from cinecote_api.models.graph import Matrix
from cinecote_api.predictions.when import When, read_film_at

_NUMERALS = "0123456789.eE+-"

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Films:
    """The films of some rows: `values` in the order of ACCEPTED, NaN unknown, and by row what is wrong with it."""

    values: Matrix
    faults: Mapping[int, InputFault]


def read_films(rows: Sequence[Record], columns: Mapping[str, int], width: int, when: When = "after") -> Films:
    """Read `rows` as read_film_at does; rows of another width than `width` are cut or filled up."""
    ragged = _level(rows, width)
    values = np.full((len(rows), len(ACCEPTED)), math.nan)
    unusual = np.zeros(len(rows), np.bool_)
    for place, accepted in enumerate(ACCEPTED):
        if accepted.name in columns:
            column = columns[accepted.name]
            values[:, place], odd = _read_column([cells[column] for _, cells in rows], accepted)
            unusual |= odd
    unusual |= np.isnan(values[:, : len(INPUTS)]).all(axis=1)
    faults = dict(ragged)
    for row in np.flatnonzero(unusual).tolist():
        try:
            values[row] = list(read_film_at(when, _members(rows[row][1], columns)).values())
        except InvalidFilm as invalid:
            faults.setdefault(row, invalid.faults[0])
    return Films(values, faults)


def _level(rows: Sequence[Record], width: int) -> dict[int, InputFault]:
    faults = {}
    for row, (_, cells) in enumerate(rows):
        if len(cells) != width:
            faults[row] = InputFault("", f"has {len(cells)} cells, where the header has {width}")
            cells[:] = [*cells, *[""] * (width - len(cells))][:width]
    return faults


def _read_column(cells: Sequence[str], accepted: Input) -> tuple[Matrix, Flags]:
    """What the cells hold, and which of them must be looked at alone."""
    values = _floats(cells)
    odd = np.zeros(len(cells), np.bool_)
    if values is None:
        read = [_number(cell) for cell in cells]
        odd = np.array([isinstance(value, str) for value in read])
        values = np.array([value if isinstance(value, float) else math.nan for value in read])
    odd |= (values < accepted.minimum) | (values > accepted.maximum)
    values[values < accepted.unknown_below] = math.nan
    # -0 is 0.
    return values + 0.0, odd


def _floats(cells: Sequence[str]) -> Matrix | None:
    """The cells' numbers, NaN for empty ones; None where some cell isn't one to the last character."""
    # Among these characters alone, float() takes what is a plain number and nothing else (no nan, no 1_000).
    if "".join(cells).strip(_NUMERALS):
        return None
    try:
        return np.array([float(cell) if cell else math.nan for cell in cells])
    except ValueError:
        return None


def _members(cells: Sequence[str], columns: Mapping[str, int]) -> dict[str, float | str | None]:
    return {name: _number(cells[place]) for name, place in columns.items()}


def _number(cell: str) -> float | str | None:
    """The number in the cell, None where it is empty, the text where it is something else."""
    text = cell.strip(" ")
    if not text:
        return None
    return float(text) if NUMBER.fullmatch(text) else text
