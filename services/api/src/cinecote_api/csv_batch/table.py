"""A table of films: what its header says, and that all of it can be read."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TextIO

from cinecote.features import ACCEPTED, InputFault
from cinecote.film_table import MOST_ROWS
from cinecote_api.csv_batch.records import Record, Records, ends_in_crlf, first_record
from cinecote_api.predictions.when import When, check_columns
from cinecote_api.problems.problems import TOO_LARGE, Problem, invalid_input

MOST_COLUMNS = 1_000

# Some milliseconds' work, in which a single call keeps the interpreter from others for a millisecond or two.
_ROWS_TOGETHER = 500
_CHARACTERS_TOGETHER = 512 * 1024


@dataclass(frozen=True, slots=True)
class Table:
    """A table that was found readable; `columns` are the places of its inputs, of a repeated one the last."""

    text: TextIO
    when: When
    header: list[str]
    columns: dict[str, int]
    delimiter: str
    line_end: str
    has_mark: bool

    def chunks(self) -> Iterator[list[Record]]:
        """All rows, some at a time: few enough for memory, whatever is in them."""
        records = self.records()
        rows = iter(records)
        next(rows)
        chunk: list[Record] = []
        begun = records.taken
        for row in rows:
            chunk.append(row)
            if len(chunk) == _ROWS_TOGETHER or records.taken - begun > _CHARACTERS_TOGETHER:
                yield chunk
                chunk, begun = [], records.taken
        if chunk:
            yield chunk

    def records(self) -> Records:
        """The header and all rows, from the beginning."""
        self.text.seek(0)
        return Records(self.text, self.delimiter)


def read_table(text: TextIO, has_mark: bool, when: When) -> Table:
    """The table in `text`, once its encoding, header and size are found right; Problem 400, 413 or 422."""
    delimiter, header = _header(text)
    table = Table(text, when, header, _columns(header), delimiter, "\r\n" if ends_in_crlf(text) else "\n", has_mark)
    _check_header(table, when)
    # The header is a record, too.
    if sum(1 for _ in islice(table.records(), MOST_ROWS + 2)) > MOST_ROWS + 1:
        raise Problem(TOO_LARGE, f"a table may have {MOST_ROWS} rows at most")
    return table


def _header(text: TextIO) -> tuple[str, list[str]]:
    """The delimiter by which the first record names more inputs, and that record; of equal ones the comma."""
    read: list[tuple[str, list[str]]] = []
    problem = None
    for delimiter in ",;":
        try:
            read.append((delimiter, first_record(text, delimiter)))
        except Problem as fault:
            # Cells in quotes can be parsed with the right delimiter only.
            problem = fault
    if problem and not read:
        raise problem
    return max(read, key=lambda it: len(_columns(it[1])))


def _columns(header: list[str]) -> dict[str, int]:
    places = {name.strip(): place for place, name in enumerate(header)}
    return {accepted.name: places[accepted.name] for accepted in ACCEPTED if accepted.name in places}


def _check_header(table: Table, when: When) -> None:
    if len(table.header) > MOST_COLUMNS:
        raise Problem(TOO_LARGE, f"a table may have {MOST_COLUMNS} columns at most")
    if not table.columns:
        names = ", ".join(accepted.name for accepted in ACCEPTED)
        raise invalid_input([InputFault("", f"the header must name at least one of {names}")])
    if when == "before":
        check_columns(table.columns)
