"""A run: batches stored one after the other, as one run of the job."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine

from cinecote.exits import Refused
from cinecote.film_orders import orders_last
from cinecote.job_runs import job_run
from cinecote_collect.contract import Contract
from cinecote_collect.feeds import Feed
from cinecote_collect.interruption import Interruption
from cinecote_collect.progress import Progress
from cinecote_collect.rows import Batch
from cinecote_collect.store import Store
from cinecote_collect.tally import Tally

JOB = "collect"


@dataclass(frozen=True, slots=True)
class Collector:
    """Stores the batches of `feeds` in the database; `tally` is up to date after every batch.

    Any run can be killed and repeated: a batch is stored as a whole or not at all, and what is stored already is
    found unchanged.
    """

    engine: Engine
    feeds: Sequence[Feed]
    progress: Progress
    interruption: Interruption
    tally: Tally
    contract: Contract

    def run(self, batches: Iterable[Batch]) -> None:
        """Store all; AlreadyRunning where another process does, KeyboardInterrupt where asked to stop, Refused where
        the contract says no: the films of that batch and of those after it stay as they were."""
        with job_run(self.engine, JOB) as run:
            try:
                rows = sum(feed.file.lines - 1 for feed in self.feeds)
                self.contract.check_rows(rows)
                with orders_last(self.engine, rows), self.engine.connect() as connection:
                    store = Store(connection)
                    for batch in batches:
                        self.interruption.check()
                        self._store(store, batch)
            finally:
                run.counts.update(self.tally.counts())

    def _store(self, store: Store, batch: Batch) -> None:
        if batch.rows or batch.rejected:
            cleaner = self.feeds[batch.feed].cleaner
            try:
                self.contract.check(batch)
            except Refused:
                # What is wrong with it can be looked at there.
                self.tally.add(store.write(batch._replace(rows=[]), cleaner).tally())
                raise
            self.tally.add(store.write(batch, cleaner).tally())
        rows = len(batch.rows) + len(batch.rejected)
        self.progress.passed(rows=rows, lines=batch.lines, rejected=self.tally.rejected)
