"""Shows how far a run of score is: a bar with films a second on a terminal, a log line every few seconds elsewhere."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

import structlog
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from cinecote_train.film_scorer import Scored
from cinecote_train.score_job import Shown

_SECONDS_BETWEEN_LINES = 5


class ScoreBar:
    """Moves a bar to the last id that is done with."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress = progress
        self._task = task
        self._started = monotonic()
        self._films = 0

    def scored(self, partition: Scored) -> None:
        self._films += partition.counts["films"]
        speed = self._films / (monotonic() - self._started)
        self._progress.update(self._task, completed=partition.ids[-1], films=self._films, speed=speed)


class ScoreLog:
    """Writes a line every few seconds."""

    def __init__(self, highest_id: int) -> None:
        self._log = structlog.get_logger("cinecote_train")
        self._started = self._told = monotonic()
        self._highest_id = highest_id
        self._done: Counter[str] = Counter()

    def scored(self, partition: Scored) -> None:
        self._done.update(partition.counts)
        moment = monotonic()
        if moment - self._told >= _SECONDS_BETWEEN_LINES:
            self._told = moment
            self._log.info(
                "scoring",
                **self._done,
                films_per_second=round(self._done["films"] / (moment - self._started)),
                percent=round(100 * partition.ids[-1] / self._highest_id),
            )


@contextmanager
def showing(highest_id: int) -> Iterator[Shown]:
    """What shows the scoring of the films up to this id on standard error."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield ScoreLog(highest_id)
        return
    columns = (TextColumn("scoring"), BarColumn(), TextColumn("{task.fields[films]:,} films"))
    speed = TextColumn("{task.fields[speed]:,.0f} a second")
    with Progress(*columns, speed, TimeRemainingColumn(), console=console, transient=True) as progress:
        yield ScoreBar(progress, progress.add_task("scoring", total=highest_id, films=0, speed=0.0))
