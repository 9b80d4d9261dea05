"""Scored rows as CSV: the caller's columns as they came, and ours."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal

from cinecote.features import InputFault
from cinecote.film_table import ANSWERED
from cinecote.films import CATEGORIES
from cinecote_api.csv_batch.scoring import Scored
from cinecote_api.csv_batch.table import Table
from cinecote_api.csv_cells import FORMULA, safe_cell

_AFTER_A_LINE_END = tuple(f"\n{mark}" for mark in FORMULA)
_SAID = ("false", "true")

Cells = tuple[object, ...]


def as_csv(table: Table, scored: Iterable[Scored]) -> Iterator[bytes]:
    """The answer's bytes: the header first, then some rows at a time."""
    layout = _Layout(table.header)
    mark = codecs.BOM_UTF8 if table.has_mark else b""
    header = [*table.header, *(ANSWERED[place] for place in layout.added)]
    yield mark + _written(table, [header], _quoting("\n".join(table.header)))
    for some in scored:
        callers = "\n".join(["", *("\n".join(cells) for _, cells in some.rows)])
        if any(mark in callers for mark in _AFTER_A_LINE_END):
            some.rows[:] = [(line, [safe_cell(cell) for cell in cells]) for line, cells in some.rows]
        for (_, cells), said in zip(some.rows, _answers(some), strict=True):
            layout.place(cells, said)
        yield _written(table, [cells for _, cells in some.rows], _quoting(callers))


class _Layout:
    """Where our columns go: over those of the same name, the others behind the caller's."""

    def __init__(self, header: Sequence[str]) -> None:
        self._over = [(place, ANSWERED.index(name)) for place, name in enumerate(header) if name in ANSWERED]
        self.added = [place for place, name in enumerate(ANSWERED) if name not in header]

    def place(self, cells: list[Any], said: Cells) -> None:
        for place, ours in self._over:
            cells[place] = said[ours]
        cells += said if len(self.added) == len(said) else [said[ours] for ours in self.added]


def _answers(scored: Scored) -> Iterator[Cells]:
    good = zip(
        [CATEGORIES[category] for category in scored.predicted.categories.tolist()],
        [_SAID[certain] for certain in scored.predicted.certain.tolist()],
        *scored.predicted.probabilities.T.tolist(),
        strict=True,
    )
    for row, (line, _) in enumerate(scored.rows):
        fault = scored.faults.get(row)
        yield (*next(good), "") if fault is None else ("", "", "", "", "", _told(line, fault))


def _told(line: int, fault: InputFault) -> str:
    name = fault.pointer.removeprefix("/")
    return f"line {line}: {name} {fault.detail}" if name else f"line {line}: {fault.detail}"


def _quoting(callers: str) -> Literal[0, 1]:
    # Before Python 3.13 the writer leaves a \r without quotes where lines end in \n, and no reader takes it back.
    return csv.QUOTE_ALL if "\r" in callers else csv.QUOTE_MINIMAL


def _written(table: Table, rows: Iterable[Sequence[object]], quoting: Literal[0, 1]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=table.delimiter, lineterminator=table.line_end, quoting=quoting).writerows(rows)
    return text.getvalue().encode()
