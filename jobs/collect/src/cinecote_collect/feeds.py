"""What a run reads: the built-in sample, files that somebody named, or films that are made up."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from importlib.resources import as_file, files
from itertools import islice

from cinecote_collect.cleaning import Cleaner
from cinecote_collect.csv_source import CsvFile, examine
from cinecote_collect.downloading import Named
from cinecote_collect.layouts import CSV
from cinecote_collect.rows import RawRow
from cinecote_collect.synthetic.films import SyntheticFilms
from cinecote_collect.synthetic.shapes import LAST_YEAR

SAMPLE = "sample"
# The sample's last films came out in 2011. Some of its wrong years have passed since (The Birth of a Nation in 2015,
# Ben-Hur in 2025), so what is in its future can't be told from today's date.
_SAMPLE_AS_OF = date(2011, 12, 31)
_SAMPLE_LAYOUT = replace(CSV, mac_letters=True)


@dataclass(frozen=True, slots=True)
class Feed:
    """One of a run's files, its number among them, and how its rows are cleaned."""

    number: int
    file: CsvFile | SyntheticFilms
    cleaner: Cleaner

    @property
    def lines_to_read(self) -> int:
        """The file's lines, as often as a run reads them: twice where entries without ids contend first."""
        return self.file.lines * (1 if self.cleaner.layout.has_ids else 2)

    def batches(self, rows: int) -> Iterator[list[RawRow]]:
        """The file's rows, `rows` at a time."""
        unread = self.file.rows()
        while batch := list(islice(unread, rows)):
            yield batch


@contextmanager
def sample_feeds() -> Iterator[list[Feed]]:
    """The built-in sample, for the time of the block."""
    with as_file(files("cinecote_collect") / "sample" / "films-sample.csv") as path:
        yield [Feed(0, examine(path), Cleaner(_SAMPLE_LAYOUT, SAMPLE, _SAMPLE_AS_OF))]


def synthetic_feeds(count: int, seed: int) -> list[Feed]:
    """`count` made-up films, which follow from `seed`."""
    films = SyntheticFilms(count, seed)
    return [Feed(0, films, Cleaner(films.layout, films.layout.name, date(LAST_YEAR, 12, 31)))]


def csv_feeds(
    named: Sequence[Named], source: str | None, as_of: date, check: Callable[[], None] = lambda: None
) -> list[Feed]:
    """`named` as films of `source` (None: named as their layouts); UsageError where one of them can't be read.

    `check` is called often, and may raise.
    """
    examined = [examine(file.path, file.name, file.most_bytes, check) for file in named]
    return [
        Feed(number, file, Cleaner(file.layout, source or file.layout.name, as_of))
        for number, file in enumerate(examined)
    ]
