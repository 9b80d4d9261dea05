"""What the database knows: the films stored and the jobs' last runs."""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Connection

from cinecote import metrics
from cinecote.job_runs import ENDS
from cinecote_api.database_reader import DatabaseAway, DatabaseReader
from cinecote_api.metrics import readings
from cinecote_api.metrics.readings import Ages, Runs

_SECONDS_KEPT = 15.0
_SECONDS_BETWEEN_SCANS = 300.0
_SECONDS_WAITED = 1.0

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class _Reading:
    up: bool
    films: Mapping[str, int] = field(default_factory=dict)
    runs: Runs | None = None


class DatabaseMetrics(Collector):
    """The last reading of the database, renewed when it is 15 s old; what can't be read now isn't told.

    The films' age costs a scan of the table and hardly changes: it is renewed every five minutes.
    """

    def __init__(self, reader: DatabaseReader) -> None:
        self._reader = reader
        self._reading: _Reading | None = None
        self._read_at = -_SECONDS_KEPT
        self._ages: Mapping[str, Ages] = {}
        self._scanned_at = -_SECONDS_BETWEEN_SCANS
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
        yield GaugeMetricFamily(metrics.DATABASE_UP.name, metrics.DATABASE_UP.help, value=float(reading.up))
        stored, fetched, expired = (
            _family(metric) for metric in (metrics.FILMS, metrics.FILMS_LAST_FETCHED, metrics.FILMS_EXPIRED)
        )
        for source, count in reading.films.items():
            stored.add_metric([source], count)
            if source in self._ages:
                fetched.add_metric([source], self._ages[source].fetched)
                expired.add_metric([source], self._ages[source].expired)
        families = (stored, fetched, expired, *(_job_families(reading.runs) if reading.runs else ()))
        yield from (family for family in families if family.samples)

    async def _read(self) -> None:
        up = await self._ask(readings.answers)
        # One that answers may have no tables yet, or more films than it can count in time.
        runs = await self._ask(readings.read_runs) if up else None
        films = await self._ask(readings.count_films) if runs else None
        if films:
            await self._scan(films)
        self._reading = _Reading(bool(up), films or {}, runs)
        self._read_at = time.monotonic()

    async def _scan(self, films: Mapping[str, int]) -> None:
        due = time.monotonic() - self._scanned_at >= _SECONDS_BETWEEN_SCANS
        if due or (self._ages and films.keys() - self._ages.keys()):
            self._ages = await self._ask(readings.read_ages) or self._ages
            self._scanned_at = time.monotonic()

    async def _ask(self, query: Callable[[Connection], Answer]) -> Answer | None:
        try:
            return await self._reader.read(query)
        except DatabaseAway:
            return None


def _job_families(runs: Runs) -> Iterator[GaugeMetricFamily]:
    succeeded, took, rows, rules = map(
        _family, (metrics.JOB_LAST_SUCCESS, metrics.JOB_DURATION, metrics.JOB_ROWS, metrics.JOB_RULE_ROWS)
    )
    for run in runs.good:
        if run.finished_at is not None:
            succeeded.add_metric([run.job], readings.timestamp(run.finished_at))
            took.add_metric([run.job], (run.finished_at - run.started_at).total_seconds())
        for outcome, count in run.counts.items():
            if isinstance(count, int | float) and not isinstance(count, bool):
                rows.add_metric([run.job, outcome], count)
        for rule, count in run.counts.get("rules", {}).items():
            rules.add_metric([run.job, rule], count)
    ended, running = _family(metrics.JOB_LAST_STATUS), _family(metrics.JOB_RUNNING_SINCE)
    for run in runs.ended:
        for status in ENDS:
            ended.add_metric([run.job, status], float(run.status == status))
    for run in runs.begun:
        if run.status not in ENDS:
            running.add_metric([run.job], readings.timestamp(run.started_at))
    yield from (succeeded, took, rows, rules, ended, running)


def _family(metric: metrics.Metric) -> GaugeMetricFamily:
    return GaugeMetricFamily(metric.name, metric.help, labels=metric.labels)
