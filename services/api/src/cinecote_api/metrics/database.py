"""What the database knows: the films stored and the jobs' last good runs."""

import asyncio
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Connection, func, select

from cinecote.metrics import DATABASE_UP, FILMS, JOB_DURATION, JOB_LAST_SUCCESS, JOB_ROWS
from cinecote.tables import films, job_runs
from cinecote_api.database_reader import DatabaseAway, DatabaseReader

_SECONDS_KEPT = 15.0
_SECONDS_WAITED = 1.0


@dataclass(frozen=True, slots=True)
class _JobRun:
    job: str
    started_at: datetime
    finished_at: datetime
    counts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Reading:
    up: bool
    films: Mapping[str, int] = field(default_factory=dict)
    runs: tuple[_JobRun, ...] = ()


class DatabaseMetrics(Collector):
    """The last reading of the database, renewed when it is 15 s old; what can't be read now isn't told."""

    def __init__(self, reader: DatabaseReader) -> None:
        self._reader = reader
        self._reading: _Reading | None = None
        self._read_at = -_SECONDS_KEPT
        self._renewal: asyncio.Task[None] | None = None

    async def renew(self) -> None:
        """Read anew if it is time, but keep nobody waiting for longer than a second."""
        if time.monotonic() - self._read_at < _SECONDS_KEPT:
            return
        if self._renewal is None or self._renewal.done():
            self._renewal = asyncio.create_task(self._read())
        await asyncio.wait([self._renewal], timeout=_SECONDS_WAITED)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        reading = self._reading
        if reading is None:
            return
        yield GaugeMetricFamily(DATABASE_UP.name, DATABASE_UP.help, value=float(reading.up))
        stored = GaugeMetricFamily(FILMS.name, FILMS.help, labels=FILMS.labels)
        for source, count in reading.films.items():
            stored.add_metric([source], count)
        yield from (family for family in (stored, *_job_families(reading.runs)) if family.samples)

    async def _read(self) -> None:
        try:
            await self._reader.read(_answers)
        except DatabaseAway:
            self._reading = _Reading(up=False)
        else:
            try:
                self._reading = await self._reader.read(_everything)
            except DatabaseAway:
                # It answers, but has no tables yet or is too busy to count.
                self._reading = _Reading(up=True)
        self._read_at = time.monotonic()


def _answers(connection: Connection) -> None:
    connection.execute(select(1))


def _everything(connection: Connection) -> _Reading:
    counted = select(films.c.source, func.count().label("films")).group_by(films.c.source)
    last = select(func.max(job_runs.c.id)).where(job_runs.c.status == "succeeded").group_by(job_runs.c.job)
    runs = select(job_runs.c.job, job_runs.c.started_at, job_runs.c.finished_at, job_runs.c.counts).where(
        job_runs.c.id.in_(last), job_runs.c.finished_at.is_not(None)
    )
    return _Reading(
        up=True,
        films={row.source: row.films for row in connection.execute(counted)},
        runs=tuple(_JobRun(*row) for row in connection.execute(runs)),
    )


def _job_families(runs: tuple[_JobRun, ...]) -> tuple[GaugeMetricFamily, ...]:
    succeeded = GaugeMetricFamily(JOB_LAST_SUCCESS.name, JOB_LAST_SUCCESS.help, labels=JOB_LAST_SUCCESS.labels)
    took = GaugeMetricFamily(JOB_DURATION.name, JOB_DURATION.help, labels=JOB_DURATION.labels)
    rows = GaugeMetricFamily(JOB_ROWS.name, JOB_ROWS.help, labels=JOB_ROWS.labels)
    for run in runs:
        succeeded.add_metric([run.job], run.finished_at.replace(tzinfo=UTC).timestamp())
        took.add_metric([run.job], (run.finished_at - run.started_at).total_seconds())
        for outcome, count in run.counts.items():
            if isinstance(count, int | float) and not isinstance(count, bool):
                rows.add_metric([run.job, outcome], count)
    return succeeded, took, rows
