"""A scored table as it comes from the api: counted whole, of which some rows are kept to be read."""

import codecs
import csv
import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from math import inf

from cinecote.film_table import ANSWERED, LARGEST_TABLE

SHOWN_ROWS = 50
SHOWN_FAULTS = 100
_SHOWN_COLUMNS = 8

Row = Mapping[str, str]
_UNSCORED = inf


def _share(name: str) -> Callable[[Row], float]:
    return lambda row: -float(row[name]) if row[name] else _UNSCORED


def _doubt(row: Row) -> float:
    if not row["category"]:
        return _UNSCORED
    second, first = sorted(float(row[name]) for name in ("p_mediocre", "p_moyen", "p_bien"))[-2:]
    return first - second


ORDERS: Mapping[str, Callable[[Row], float] | None] = {
    "file": None,
    "bien": _share("p_bien"),
    "mediocre": _share("p_mediocre"),
    "doubt": _doubt,
}
"""Which rows are shown first: the file's own first ones, or those for which this is least."""


@dataclass(slots=True)
class ScoredTable:
    """How many rows there are of each category, how many are uncertain or at fault, and the rows to show."""

    columns: tuple[str, ...]
    more_columns: int
    counts: Counter[str] = field(default_factory=Counter)
    uncertain: int = 0
    failed: int = 0
    faults: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.counts.total() + self.failed

    def count(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The same rows, counted as they go by."""
        for row in rows:
            if row["category"]:
                self.counts[row["category"]] += 1
                self.uncertain += row["certain"] == "false"
            else:
                self.failed += 1
                if len(self.faults) < SHOWN_FAULTS:
                    self.faults.append(row["error"])
            yield row


def read_scored(answer: Iterable[bytes], order: str) -> ScoredTable:
    """The api's CSV `answer`, in the memory of the rows shown; ValueError where it isn't a scored table."""
    csv.field_size_limit(LARGEST_TABLE)
    lines = _lines(answer)
    first = next(lines, "")
    # The last column is ours, so the sign before it is the delimiter.
    delimiter = ";" if ";" in first and first.rfind(";") > first.rfind(",") else ","
    reader = csv.reader(_again(first, lines), delimiter=delimiter)
    header = next(reader, [])
    if not set(ANSWERED) <= set(header):
        raise ValueError("not a scored table")
    callers = [name for name in header if name not in ANSWERED]
    table = ScoredTable(tuple(callers[:_SHOWN_COLUMNS]), max(0, len(callers) - _SHOWN_COLUMNS))
    rows = table.count(dict(zip(header, cells, strict=False)) for cells in reader)
    key = ORDERS[order]
    table.rows = list(islice(rows, SHOWN_ROWS)) if key is None else heapq.nsmallest(SHOWN_ROWS, rows, key)
    for _ in rows:
        pass
    return table


def _again(first: str, others: Iterator[str]) -> Iterator[str]:
    yield first
    yield from others


def _lines(chunks: Iterable[bytes]) -> Iterator[str]:
    decoder, begun = codecs.getincrementaldecoder("utf-8-sig")(), ""
    for chunk in chunks:
        *whole, begun = (begun + decoder.decode(chunk)).split("\n")
        yield from (f"{line}\n" for line in whole)
    if begun:
        yield begun
