"""One row a run of a job: what it did and how it ended, kept after the job is gone."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, insert, update

from cinecote.database import job_lock, now
from cinecote.exits import CommandError, Refused
from cinecote.tables import job_runs

ENDS = ("succeeded", "failed", "interrupted", "refused")
"""How a run's row says that it ended; until then it says `running`."""


@dataclass
class JobRun:
    """A run under way; what stands in `counts` when it ends is kept."""

    id: int
    counts: dict[str, Any] = field(default_factory=dict)


@contextmanager
def job_run(engine: Engine, job: str, lock: str | None = None) -> Iterator[JobRun]:
    """Hold the lock (named as the job unless `lock` says otherwise) and record the block as one run of `job`.

    Its status becomes `succeeded`, or `refused` or `failed` when the block raises, the counts then saying for what
    `reason`; a run that was killed is found by the next one and marked `interrupted`. AlreadyRunning where another
    process holds the lock.
    """
    with job_lock(engine, lock or job):
        with engine.begin() as connection:
            connection.execute(
                update(job_runs)
                .where(job_runs.c.job == job, job_runs.c.status == "running")
                .values(status="interrupted", finished_at=now())
            )
            started = connection.execute(
                insert(job_runs).values(job=job, started_at=now(), status="running", counts={})
            )
        run = JobRun(started.lastrowid)
        try:
            yield run
        except BaseException as error:
            if isinstance(error, CommandError):
                run.counts["reason"] = str(error)
            _finish(engine, run, _end_of(error))
            raise
        _finish(engine, run, "succeeded")


def _end_of(error: BaseException) -> str:
    if isinstance(error, KeyboardInterrupt):
        return "interrupted"
    return "refused" if isinstance(error, Refused) else "failed"


def _finish(engine: Engine, run: JobRun, status: str) -> None:
    with engine.begin() as connection:
        connection.execute(
            update(job_runs).where(job_runs.c.id == run.id).values(status=status, finished_at=now(), counts=run.counts)
        )
