"""CSV files: what is in one is checked before its first row is read; then rows are read one by one."""

import codecs
import csv
import gzip
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from operator import itemgetter
from pathlib import Path
from typing import IO

from cinecote.exits import UsageError
from cinecote_collect.layouts import Layout, layout_of
from cinecote_collect.rows import RawRow

_GZIP = b"\x1f\x8b"
_CHUNK = 1 << 20
_LONGEST_LINE = 16 << 20
"""Bytes: a file with a longer line is no table of films, and reading it would take that much memory."""


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A file that can be read to its end, its layout known; `lines` counts the header too."""

    name: str
    path: Path
    layout: Layout
    header: tuple[str, ...]
    lines: int

    def rows(self) -> Iterator[RawRow]:
        """Each row below the header, blank lines left out; a row that can't be read says why."""
        with _faults_of(self.name), _text(self.path) as text:
            yield from _rows(text, itemgetter(*self.layout.positions(self.header)), len(self.header))


def examine(
    path: Path, name: str | None = None, most_bytes: int | None = None, check: Callable[[], None] = lambda: None
) -> CsvFile:
    """`path`, which a person knows by `name`, read once from end to end; `check` is called often, and may raise.

    UsageError where it is no readable CSV file of a known layout, or has more than `most_bytes` unpacked.
    """
    name = name or str(path)
    with _faults_of(name):
        if path.exists() and not path.is_file():
            raise ValueError("not a regular file")
        lines = _count_lines(path, most_bytes, check)
        with _text(path) as text:
            header = tuple(cell.strip() for cell in next(csv.reader(text, strict=True), []))
        if not header:
            raise ValueError("the file is empty, or its first line is")
        return CsvFile(name, path, layout_of(header), header, lines)


def _rows(text: Iterator[str], pick: Callable[[list[str]], tuple[str, ...]], width: int) -> Iterator[RawRow]:
    begins, taken, returned = 1, list[str](), deque[str]()
    reader = csv.reader(_lines(text, taken, returned), strict=True)
    next(reader, None)
    while True:
        begins += len(taken)
        taken.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as fault:
            yield RawRow(begins, (taken[0].rstrip("\r\n"),), str(fault))
            # A quote that nothing closes has swallowed what follows: those lines are read as rows of their own.
            returned.extendleft(reversed(taken[1:]))
            del taken[1:]
            reader = csv.reader(_lines(text, taken, returned), strict=True)
        else:
            if len(cells) == width:
                cells.append("")
                yield RawRow(begins, pick(cells))
            elif cells:
                yield RawRow(begins, tuple(cells), f"{len(cells)} cells instead of {width}")


def _lines(text: Iterator[str], taken: list[str], returned: deque[str]) -> Iterator[str]:
    """The lines that were `returned`, then those of `text`; each is noted in `taken`."""
    while True:
        line = returned.popleft() if returned else next(text, None)
        if line is None:
            return
        taken.append(line)
        yield line


def _count_lines(path: Path, most_bytes: int | None, check: Callable[[], None]) -> int:
    decode = codecs.getincrementaldecoder("utf-8")().decode
    lines = line_length = size = 0
    with _binary(path) as content:
        while chunk := content.read(_CHUNK):
            check()
            size += len(chunk)
            if most_bytes is not None and size > most_bytes:
                raise ValueError(f"has more than {most_bytes // 1_000_000:,} MB unpacked")
            _check_utf8(decode, chunk, False, lines)
            newlines = chunk.count(b"\n")
            line_length = len(chunk) - chunk.rfind(b"\n") - 1 + (0 if newlines else line_length)
            if line_length > _LONGEST_LINE:
                raise ValueError(f"no CSV file: line {lines + 1} is longer than {_LONGEST_LINE >> 20} MiB")
            lines += newlines
        _check_utf8(decode, b"", True, lines)
    return lines + (line_length > 0)


def _check_utf8(decode: Callable[[bytes, bool], str], chunk: bytes, final: bool, lines: int) -> None:
    try:
        decode(chunk, final)
    except UnicodeDecodeError as fault:
        line = lines + fault.object.count(b"\n", 0, fault.start) + 1
        raise ValueError(f"line {line} is not text in UTF-8") from None


@contextmanager
def _binary(path: Path) -> Iterator[IO[bytes] | gzip.GzipFile]:
    with path.open("rb") as content:
        compressed = content.read(len(_GZIP)) == _GZIP
        content.seek(0)
        if compressed:
            with gzip.open(content) as unpacked:
                yield unpacked
        else:
            yield content


@contextmanager
def _text(path: Path) -> Iterator[TextIOWrapper]:
    with _binary(path) as content, TextIOWrapper(content, encoding="utf-8-sig", newline="") as text:
        yield text


@contextmanager
def _faults_of(name: str) -> Iterator[None]:
    try:
        yield
    except (OSError, EOFError, zlib.error, csv.Error, ValueError) as fault:
        said = fault.strerror if isinstance(fault, OSError) and fault.strerror else fault
        raise UsageError(f"{name}: {said}") from None
