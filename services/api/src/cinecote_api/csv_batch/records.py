"""The records of a CSV text (RFC 4180), each with the line that it begins on, however its cells are quoted."""

import csv
from collections.abc import Iterator
from functools import partial
from typing import TextIO

from cinecote_api.problems.problems import MALFORMED_CSV, TOO_LARGE, Problem

LONGEST_RECORD = 100_000
"""Characters; it bounds the memory that a hostile record takes, and the csv module takes no longer cell anyway."""
MOST_LINES = 1_000_000
"""Blank ones included, which are no records but take their time."""

Record = tuple[int, list[str]]


class Records:
    """The records of `text`, blank lines left out; Problem 400 where it can't be parsed, 413 where one is too long.

    `taken` tells how many characters have been read.
    """

    def __init__(self, text: TextIO, delimiter: str) -> None:
        self._text = text
        self._delimiter = delimiter
        self._began = 0
        self.taken = 0

    def __iter__(self) -> Iterator[Record]:
        line = 1
        # Strict: a quote out of its place would otherwise swallow or change what the caller gets back.
        reader = csv.reader(self._lines(), delimiter=self._delimiter, strict=True)
        try:
            for cells in reader:
                if cells:
                    yield line, cells
                line = reader.line_num + 1
                if line > MOST_LINES:
                    raise Problem(TOO_LARGE, f"a table may have {MOST_LINES} lines at most")
                self._began = self.taken
        except csv.Error:
            raise Problem(MALFORMED_CSV, f"the record on line {line} has a quote or a line end out of place") from None
        except UnicodeDecodeError:
            raise Problem(MALFORMED_CSV, "the body is not in UTF-8") from None

    def _lines(self) -> Iterator[str]:
        for line in iter(partial(self._text.readline, LONGEST_RECORD + 1), ""):
            self.taken += len(line)
            if self.taken - self._began > LONGEST_RECORD:
                raise Problem(TOO_LARGE, f"a row may have {LONGEST_RECORD} characters at most")
            yield line


def first_record(text: TextIO, delimiter: str) -> list[str]:
    """The cells of the first record, none where there is none."""
    text.seek(0)
    return next((cells for _, cells in Records(text, delimiter)), [])


def ends_in_crlf(text: TextIO) -> bool:
    """Whether the first line ends as lines do on Windows."""
    text.seek(0)
    return text.readline(LONGEST_RECORD + 1).endswith("\r\n")
