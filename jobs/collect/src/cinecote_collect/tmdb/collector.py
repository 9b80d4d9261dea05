"""A run over TMDB: the pass that is due, as one run of the job."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import Any, ParamSpec, TypeVar

import structlog
from rich.console import Console
from sqlalchemy import Engine

from cinecote.database import now
from cinecote.film_orders import orders_last
from cinecote.job_runs import JobRun, job_run
from cinecote_collect.cleaning import Cleaner
from cinecote_collect.collecting import JOB
from cinecote_collect.contract import Contract
from cinecote_collect.interruption import Interruption
from cinecote_collect.layouts import TMDB_API
from cinecote_collect.progress import Progress, progress
from cinecote_collect.tally import Tally
from cinecote_collect.tmdb.client import Meter, TmdbClient
from cinecote_collect.tmdb.export import exported
from cinecote_collect.tmdb.fetching import Fetched, Fetcher
from cinecote_collect.tmdb.filters import Filters
from cinecote_collect.tmdb.limiter import Limiter
from cinecote_collect.tmdb.lists import changed, discovered
from cinecote_collect.tmdb.passes import Ids, Pass, next_pass
from cinecote_collect.tmdb.session import CONNECTIONS, open_session
from cinecote_collect.tmdb.storing import PassStore

_SECONDS_BETWEEN_LOOKS = 0.1
_SECONDS_A_BATCH = 1.0
_SECONDS_TO_END = 2.0
"""For what is on its way when a stop is asked for."""
_WAITING_TO_RETRY = 100

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is asked for, and how: `address` and `token` of the API, requests a second, and which films."""

    address: str
    token: str
    limit: int
    filters: Filters
    ids: Ids = "discover"
    full: bool = False


@dataclass(slots=True)
class TmdbCollector:
    """Makes the pass that is due, from where an earlier run left it; `tally`, `fetched` and `meter` tell of it."""

    engine: Engine
    order: Order
    contract: Contract
    interruption: Interruption
    tally: Tally = field(default_factory=Tally)
    fetched: Fetched = field(default_factory=Fetched)
    meter: Meter = field(default_factory=Meter)

    def run(self) -> None:
        """AlreadyRunning where another process is at it, KeyboardInterrupt where asked to stop, CommandError."""
        with job_run(self.engine, JOB) as run:
            try:
                with (
                    # A pass is too long for orders to be away meanwhile; what a load of files left out is made.
                    orders_last(self.engine, rows=0),
                    self.engine.connect() as connection,
                    ThreadPoolExecutor(1) as thread,
                ):
                    cleaner = Cleaner(TMDB_API, TMDB_API.name, now().date())
                    store = PassStore(connection, run.id, cleaner, self.contract, self.tally, self.fetched)
                    asyncio.run(_Work(self, store, cleaner, thread).do())
                self.interruption.check()
            finally:
                self._count(run)

    def _count(self, run: JobRun) -> None:
        run.counts.update(self.tally.counts())
        run.counts.update(
            gone=self.fetched.gone,
            left_out=self.fetched.left_out.total(),
            removed=self.fetched.removed,
            requests=self.meter.requests,
            retries=self.meter.retries,
        )


class _Work:
    """A run's asynchronous part: one loop asks, one thread stores."""

    def __init__(
        self, collector: TmdbCollector, store: PassStore, cleaner: Cleaner, thread: ThreadPoolExecutor
    ) -> None:
        self._collector = collector
        self._order = collector.order
        self._store = store
        self._cleaner = cleaner
        self._thread = thread
        self._log = structlog.get_logger("cinecote_collect.tmdb")
        self._client: TmdbClient

    async def do(self) -> None:
        """The whole pass, or what can be done of it until a stop is asked for."""
        order = self._order
        async with open_session(order.address, order.token) as session:
            self._client = TmdbClient(session, order.address, Limiter(order.limit, CONNECTIONS), self._collector.meter)
            last = await self._stored(self._store.last_pass)
            reached = next_pass(last, order.filters, order.ids, now().date(), full=order.full)
            await self._stored(self._store.begin, reached)
            self._log.info("pass", kind=reached.kind, began=str(reached.began), stage=reached.stage)
            if reached.stage == "listing":
                listed = await self._until_asked(self._list(reached))
                reached = reached if listed is None else listed
            if not self._collector.interruption.asked:
                await self._fetch(reached)

    async def _list(self, reached: Pass) -> Pass:
        """Want all films of the pass, which has become a full one where too many changed to be listed."""
        if reached.since is not None:
            changes = await changed(self._client, reached.since, reached.began)
            if changes is None:
                self._log.warning("TMDB lists over 500 pages of changes in a day: all films are looked through instead")
                reached = replace(reached, since=None)
                await self._stored(self._store.begin, reached)
            else:
                await self._stored(self._store.want, reached, changes)
        if reached.since is None:
            await self._list_all(reached)
        reached = reached.at("films")
        await self._stored(self._store.listed, reached, now())
        return reached

    async def _list_all(self, reached: Pass) -> None:
        if reached.ids == "export":
            async for found in exported(self._order.address, reached.began):
                await self._stored(self._store.want, reached, found)
            return
        first, last = self._order.filters.days(reached.began)
        if reached.listed_to is not None:
            first = reached.listed_to + timedelta(days=1)
        if first <= last:
            async with aclosing(discovered(self._client, self._order.filters, first, last)) as windows:
                async for day, found in windows:
                    await self._stored(self._store.want, reached.at("listing", day), found)

    async def _fetch(self, reached: Pass) -> None:
        await self._round(reached, last=False)
        if self._collector.interruption.asked:
            return
        if await self._stored(self._store.ask_failed_again):
            await self._round(reached, last=True)
        if not self._collector.interruption.asked:
            await self._stored(self._store.end, reached.at("done"))

    async def _round(self, reached: Pass, *, last: bool) -> None:
        """Ask for every wanted film, and store what is answered about each second."""
        fetcher = Fetcher(self._client, self._order.filters, self._cleaner, self._more)
        tasks = [asyncio.create_task(fetcher.work()) for _ in range(self._order.limit + _WAITING_TO_RETRY)]
        asking = asyncio.gather(*tasks)
        batch = partial(self._store_batch, fetcher, reached, last)
        with progress(Console(stderr=True), await self._stored(self._store.count)) as shown:
            try:
                while await self._goes_on(asking, _SECONDS_A_BATCH):
                    await batch(shown, at_end=False)
                fetcher.stopping = True
                if not asking.done():
                    # Those who wait for their turn, or to ask again, are left; what is on its way here is stored.
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self._client.finish(), _SECONDS_TO_END)
            finally:
                for task in tasks:
                    task.cancel()
                ends = await asyncio.gather(*tasks, asking, return_exceptions=True)
            await batch(shown, at_end=True)
        for end in ends:
            if isinstance(end, Exception):
                raise end

    async def _more(self, after: int) -> list[int]:
        return await self._stored(self._store.more, after)

    async def _store_batch(
        self, fetcher: Fetcher, reached: Pass, last_round: bool, shown: Progress, *, at_end: bool
    ) -> None:
        answered = fetcher.taken()
        if not answered and not at_end:
            return
        await self._stored(self._store.store, answered, reached, last_round=last_round, at_end=at_end)
        shown.passed(
            len(answered), len(answered), retries=self._collector.meter.retries, rejected=self._collector.tally.rejected
        )

    async def _until_asked(self, work: Coroutine[Any, Any, T]) -> T | None:
        """What `work` gives; None where a stop is asked for: it can be done again."""
        task = asyncio.create_task(work)
        while await self._goes_on(task, _SECONDS_A_BATCH):
            pass
        task.cancel()
        with suppress(asyncio.CancelledError):
            return await task
        return None

    async def _goes_on(self, work: asyncio.Future[Any], seconds: float) -> bool:
        """Whether `work` isn't over after so long, and no stop was asked for meanwhile."""
        until = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < until:
            if work.done() or self._collector.interruption.asked:
                return False
            await asyncio.wait([work], timeout=_SECONDS_BETWEEN_LOOKS)
        return True

    async def _stored(self, ask: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """What `ask` gives, in the thread that has the connection."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, partial(ask, *arguments, **named))
