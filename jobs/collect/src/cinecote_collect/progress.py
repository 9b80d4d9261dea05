"""How far a run is: a bar with rows a second on a terminal, a log line every few seconds elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Protocol

import structlog
from rich.console import Console
from rich.progress import BarColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

_SECONDS_BETWEEN_LINES = 5


class Progress(Protocol):
    """Where a run says how far it is."""

    def passed(self, rows: int, lines: int, **noted: int) -> None:
        """So many more rows, of so many lines, are done with; `noted`, counted from the start, is shown beside them."""


class TerminalProgress:
    """Moves a bar."""

    def __init__(self, bar: Bar, task: TaskID) -> None:
        self._bar = bar
        self._task = task
        self._started = monotonic()
        self._rows = 0

    def passed(self, rows: int, lines: int, **noted: int) -> None:
        self._rows += rows
        speed = self._rows / (monotonic() - self._started)
        beside = "".join(f", {count:,} {name}" for name, count in noted.items())
        self._bar.update(self._task, advance=lines, rows=self._rows, speed=speed, noted=beside)


class LogProgress:
    """Writes a line every few seconds."""

    def __init__(self, lines: int) -> None:
        self._log = structlog.get_logger("cinecote_collect")
        self._started = self._told = monotonic()
        self._rows = self._lines_done = 0
        self._lines = lines

    def passed(self, rows: int, lines: int, **noted: int) -> None:
        self._rows += rows
        self._lines_done += lines
        moment = monotonic()
        if moment - self._told >= _SECONDS_BETWEEN_LINES:
            self._told = moment
            self._log.info(
                "collecting",
                rows=self._rows,
                rows_per_second=round(self._rows / (moment - self._started)),
                percent=round(100 * self._lines_done / self._lines),
                seconds_left=self._seconds_left(moment),
                **noted,
            )

    def _seconds_left(self, moment: float) -> int | None:
        if not self._lines_done:
            return None
        return round((moment - self._started) * max(self._lines / self._lines_done - 1, 0))


@contextmanager
def progress(console: Console, lines: int) -> Iterator[Progress]:
    """A way to show the passing of `lines` lines on `console`."""
    if not console.is_terminal:
        yield LogProgress(max(lines, 1))
        return
    columns = (
        TextColumn("collecting"),
        BarColumn(),
        TextColumn("{task.fields[rows]:,} rows, {task.fields[speed]:,.0f} a second{task.fields[noted]}"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=console) as bar:
        yield TerminalProgress(bar, bar.add_task("collecting", total=lines, rows=0, speed=0.0, noted=""))
        bar.update(bar.task_ids[0], completed=lines)
