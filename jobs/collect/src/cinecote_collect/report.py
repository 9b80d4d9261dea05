"""What a run did, as tables on standard output."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table

from cinecote.exits import CommandError
from cinecote_collect.rules import Rule
from cinecote_collect.tally import Tally

if TYPE_CHECKING:
    from cinecote_collect.tmdb.client import Meter
    from cinecote_collect.tmdb.fetching import Fetched

OUTCOMES = ("read", "new", "changed", "unchanged", "rejected")

_PLAIN_WIDTH = 120
"""Columns, where standard output is a file or a pipe."""


@contextmanager
def output() -> Iterator[Console]:
    """Standard output, as wide as the terminal where it is one; CommandError where it can't be written to."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _PLAIN_WIDTH
    try:
        yield console
    except OSError as fault:
        raise CommandError(f"standard output can't be written to: {fault.strerror}") from None


def table(title: str, *columns: str, numbers: tuple[str, ...] = ()) -> Table:
    """An empty table; the columns named in `numbers` are set to the right."""
    grid = Table(title=title, title_justify="left", box=box.SIMPLE)
    for column in columns:
        grid.add_column(column, justify="right" if column in numbers else "left")
    return grid


def print_purged(deleted: Mapping[str, int]) -> None:
    """How many rows of each table were deleted."""
    rows = table("Deleted", *deleted, numbers=tuple(deleted))
    rows.add_row(*(f"{count:,}" for count in deleted.values()))
    with output() as console:
        console.print(rows)


def print_tally(tally: Tally) -> None:
    """The rows by what became of them, and each rule that applied."""
    rows = table("Rows", *OUTCOMES, numbers=OUTCOMES)
    rows.add_row(*(f"{tally.counts()[outcome]:,}" for outcome in OUTCOMES))
    applied = table("Rules that applied", "rule", "kind", "what it does", "rows", numbers=("rows",))
    for rule in Rule:
        if tally.rules[rule.value]:
            applied.add_row(rule.value, rule.kind, rule.does, f"{tally.rules[rule.value]:,}")
    with output() as console:
        console.print(rows)
        if applied.row_count:
            console.print(applied)


def print_fetched(fetched: "Fetched", meter: "Meter") -> None:
    """What asking TMDB took, and the films that became no rows."""
    columns = ("requests", "retries", "gone at TMDB", "left out", "removed here", "unanswered")
    asked = table("Asked of TMDB", *columns, numbers=columns)
    counts = (
        meter.requests, meter.retries, fetched.gone, fetched.left_out.total(), fetched.removed, fetched.failed,
    )  # fmt: skip
    asked.add_row(*(f"{count:,}" for count in counts))
    with output() as console:
        console.print(asked)
        if fetched.left_out:
            reasons = (f"{count:,} {reason}" for reason, count in sorted(fetched.left_out.items()))
            console.print(f"Left out: {', '.join(reasons)}", soft_wrap=True)
