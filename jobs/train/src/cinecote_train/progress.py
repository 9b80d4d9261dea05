"""Shows how far a comparison is: a bar on a terminal, log lines elsewhere; always on standard error."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cinecote_train.comparison import Watcher


class BarWatcher:
    """A bar with what is being done beside it."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("starting", total=None)

    def begin(self, steps: int) -> None:
        self._progress.update(self._task, total=steps)

    def fitting(self, algorithm: str) -> None:
        self._progress.update(self._task, description=f"fitting {algorithm}")

    def fitted(self, algorithm: str, split: str) -> None:
        self._progress.update(self._task, advance=1, description=f"fitting {algorithm} ({split} done)")

    def skipped(self, algorithm: str) -> None:
        self._progress.console.print(f"the time budget is spent: {algorithm} is left out")

    def taken_up(self, searches: int) -> None:
        self._progress.console.print(f"{searches} searches of an earlier run are taken up")

    def say(self, what: str) -> None:
        self._progress.update(self._task, description=what)


class LogWatcher:
    """A line for each algorithm and each step; single splits are told at debug level."""

    def __init__(self) -> None:
        self._log = structlog.get_logger("cinecote_train")

    def begin(self, steps: int) -> None:
        self._log.info("comparison begins", fits=steps)

    def fitting(self, algorithm: str) -> None:
        self._log.info("fitting", algorithm=algorithm)

    def fitted(self, algorithm: str, split: str) -> None:
        self._log.debug("fitted", algorithm=algorithm, split=split)

    def skipped(self, algorithm: str) -> None:
        self._log.warning("the time budget is spent: left out", algorithm=algorithm)

    def taken_up(self, searches: int) -> None:
        self._log.info("searches of an earlier run are taken up", searches=searches)

    def say(self, what: str) -> None:
        self._log.info(what)


@contextmanager
def watching() -> Iterator[Watcher]:
    """The watcher that suits standard error."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield LogWatcher()
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        yield BarWatcher(progress)
