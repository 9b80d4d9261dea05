"""A run of purge: what may not be kept any longer is deleted, a portion a transaction."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, Engine, Table, delete, func, select

from cinecote.database import now
from cinecote.film_orders import orders_last
from cinecote.job_runs import job_run
from cinecote.tables import films, predictions, rejections
from cinecote_collect.collecting import JOB as COLLECT
from cinecote_collect.interruption import Interruption

JOB = "purge"

_IDS_A_LOOK = 50_000
"""Rows are looked at by ranges of their ids, so that no statement takes long, however few there are to delete."""
_ROWS_A_TRANSACTION = 1_000

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Purge:
    """Deletes films past their `expires_at` with their search words, rejected rows past theirs, and old predictions.

    Predictions are copies of films where somebody asked about one, and a row can't tell. Killed at any point and run
    again, it goes on; `deleted` counts rows by table.
    """

    engine: Engine
    prediction_days: int
    interruption: Interruption
    deleted: dict[str, int] = field(default_factory=dict)

    def run(self) -> None:
        """Delete all; AlreadyRunning while films are collected, KeyboardInterrupt where asked to stop."""
        moment = now()
        with job_run(self.engine, JOB, lock=COLLECT) as run, orders_last(self.engine, rows=0):
            self.deleted.update({table.name: 0 for table in (films, rejections, predictions)})
            try:
                for table, over in over_time(moment, self.prediction_days):
                    self._delete(table, over)
            finally:
                run.counts.update(self.deleted)

    def _delete(self, table: Table, over: ColumnElement[bool]) -> None:
        for ids in self._found(table, over):
            with self.engine.begin() as connection:
                # Search words go with their film.
                connection.execute(delete(table).where(table.c.id.in_(ids)))
            self.deleted[table.name] += len(ids)
            log.debug("purged", table=table.name, rows=self.deleted[table.name])

    def _found(self, table: Table, over: ColumnElement[bool]) -> Iterator[Sequence[int]]:
        with self.engine.connect() as connection:
            first, last = connection.execute(select(func.min(table.c.id), func.max(table.c.id))).one()
        for low in range(first or 0, (last or -1) + 1, _IDS_A_LOOK):
            self.interruption.check()
            within = select(table.c.id).where(table.c.id >= low, table.c.id < low + _IDS_A_LOOK, over)
            with self.engine.connect() as connection:
                ids = connection.scalars(within.order_by(table.c.id)).all()
            for start in range(0, len(ids), _ROWS_A_TRANSACTION):
                self.interruption.check()
                yield ids[start : start + _ROWS_A_TRANSACTION]


def over_time(moment: datetime, prediction_days: int) -> tuple[tuple[Table, ColumnElement[bool]], ...]:
    """The tables, and what holds for those of their rows that may not be kept."""
    return (
        (films, films.c.expires_at <= moment),
        (rejections, rejections.c.expires_at <= moment),
        (predictions, predictions.c.at < moment - timedelta(days=prediction_days)),
    )
