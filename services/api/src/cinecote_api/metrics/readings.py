"""What is read of the database for the metrics: the films stored, how new they are, and the jobs' runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, case, func, select

from cinecote.database import now
from cinecote.job_runs import ENDS
from cinecote.tables import films, job_runs


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a job; `counts` are by outcome."""

    job: str
    status: str
    started_at: datetime
    finished_at: datetime | None
    counts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Runs:
    """Of each job, the last run that went well, the last that ended, and the last that began."""

    good: tuple[Run, ...]
    ended: tuple[Run, ...]
    begun: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Ages:
    """When a source's newest film was fetched, in seconds since 1970, and how many of its films have expired."""

    fetched: float
    expired: int


def answers(connection: Connection) -> bool:
    """True, from a database that is there."""
    return connection.scalar(select(1)) == 1


def count_films(connection: Connection) -> Mapping[str, int]:
    """Films by source."""
    counted = select(films.c.source, func.count().label("films")).group_by(films.c.source)
    return {row.source: row.films for row in connection.execute(counted)}


def read_ages(connection: Connection) -> Mapping[str, Ages]:
    """How old each source's films are: reads every row of the table."""
    expired = func.count(case((films.c.expires_at <= now(), 1)))
    ages = select(films.c.source, func.max(films.c.fetched_at).label("newest"), expired.label("expired"))
    found = connection.execute(ages.group_by(films.c.source))
    return {row.source: Ages(timestamp(row.newest), row.expired) for row in found}


def read_runs(connection: Connection) -> Runs:
    return Runs(
        good=_last(connection, ("succeeded",)),
        ended=_last(connection, ENDS),
        begun=_last(connection, (*ENDS, "running")),
    )


def timestamp(moment: datetime) -> float:
    """Seconds since 1970; the database keeps UTC without an offset."""
    return moment.replace(tzinfo=UTC).timestamp()


def _last(connection: Connection, statuses: tuple[str, ...]) -> tuple[Run, ...]:
    last = select(func.max(job_runs.c.id)).where(job_runs.c.status.in_(statuses)).group_by(job_runs.c.job)
    columns = [job_runs.c[name] for name in Run.__dataclass_fields__]
    return tuple(Run(*row) for row in connection.execute(select(*columns).where(job_runs.c.id.in_(last))))
