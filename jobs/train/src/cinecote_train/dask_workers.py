"""Workers that Dask leads: processes of this machine, or of as many machines as a scheduler has."""

import logging
from asyncio import CancelledError
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from itertools import islice
from tempfile import TemporaryDirectory
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from cinecote.exits import CommandError

if TYPE_CHECKING:
    from dask.typing import Key
    from distributed import Client, Future, as_completed

Item = TypeVar("Item")
Done = TypeVar("Done")

LOCAL = "local"

_SECONDS_TO_WAIT = 60
"""For a scheduler that answers, and for a worker, the first or the next where all are gone: they may just be starting.

A pod that ended is there again within seconds, or within a minute where it had ended before.
"""

_SECONDS_BETWEEN_LOOKS = 1
_GONE = "the Dask scheduler is gone"

_AHEAD = 256
"""Items that are begun or wait for their turn to be given: what the scheduler and this process hold doesn't grow."""

_NO_PAGES: Mapping[str, list[str]] = {"distributed.scheduler.http.routes": [], "distributed.worker.http.routes": []}
"""What a cluster tells over HTTP, to whoever asks."""


class DaskWorkers:
    """The workers of the scheduler at `address`, or as many `processes` of a local cluster, for the time of the block.

    What they are sent and send back is pickled, so a scheduler is as trusted as the command's own code. The local one
    listens on this machine alone, with keys that nobody else on it has.
    """

    def __init__(self, address: str, processes: int) -> None:
        self._address = address
        self._processes = processes
        self._opened = ExitStack()
        self._client: Client

    def __enter__(self) -> Self:
        # Its import sets up its logs anew, and needs more than a second: not before there is work.
        from cinecote_train.dask_beginning import Beginning

        # What it says of workers that come and go isn't for the person who typed the command.
        for name in ("distributed", "distributed.client"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        with ExitStack() as opened:
            self._client = opened.enter_context(self._local(opened) if self._address == LOCAL else self._remote())
            self._wait_for_one()
            self._client.register_plugin(Beginning(ignores_interrupts=self._address == LOCAL))
            self._opened = opened.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._opened.close()

    def map(self, function: Callable[[Item], Done], items: Iterable[Item]) -> Iterator[Done]:
        """What `function` gives for each item, in their order; what a worker did that died is done by another one.

        CommandError where that can't be.
        """
        from distributed import as_completed

        # As a result of a task: it is sent once to each worker, and again where all died that had it.
        shared = self._client.submit(_itself, function, pure=False)
        left, begun = enumerate(items), as_completed(loop=self._client.loop, with_results=True)
        places: dict[Key, int] = {}
        done: dict[int, Done] = {}
        given = 0
        while True:
            for place, item in islice(left, _AHEAD - len(places) - len(done)):
                future = self._client.submit(_called, shared, item, pure=False)
                places[future.key] = place
                begun.add(future)
            if not places:
                return
            future, result = self._next(begun)
            done[places.pop(future.key)] = cast(Done, result)
            while given in done:
                yield done.pop(given)
                given += 1

    def _local(self, opened: ExitStack) -> "Client":
        import dask
        from distributed import Client, LocalCluster
        from distributed.security import Security

        security = Security.temporary()
        opened.enter_context(dask.config.set(_NO_PAGES))
        cluster = LocalCluster(
            n_workers=self._processes,
            threads_per_worker=1,
            host="127.0.0.1",
            security=security,
            dashboard_address="127.0.0.1:0",
            memory_limit=None,
            local_directory=opened.enter_context(TemporaryDirectory(ignore_cleanup_errors=True)),
            silence_logs=logging.CRITICAL,
        )
        return Client(opened.enter_context(cluster), security=security, set_as_default=False)

    def _remote(self) -> "Client":
        from distributed import Client

        try:
            return Client(self._address, timeout=_SECONDS_TO_WAIT, set_as_default=False)
        except (OSError, ValueError) as error:
            raise CommandError(f"no Dask scheduler answers at {self._address}: {error}") from None

    def _wait_for_one(self) -> None:
        try:
            self._client.wait_for_workers(1, timeout=_SECONDS_TO_WAIT)
        except TimeoutError:
            raise CommandError(f"the Dask scheduler at {self._address} has no workers") from None

    def _next(self, begun: "as_completed") -> "tuple[Future[Any], Any]":
        from distributed import KilledWorker
        from distributed.comm.core import CommClosedError

        try:
            self._wait_for(begun)
            future, result = cast("tuple[Future[Any], Any]", next(begun))
        except KilledWorker:
            raise CommandError("worker after worker was killed at the same work, maybe for want of memory") from None
        except (CancelledError, CommClosedError):
            raise CommandError(_GONE) from None
        # What was under way when the connection broke comes as if it were done, with an error for its result.
        if future.cancelled():
            raise CommandError(_GONE)
        return future, result

    def _wait_for(self, begun: "as_completed") -> None:
        """Until there is an answer; the scheduler itself would wait for workers without end."""
        alone_since = monotonic()
        while True:
            with begun.thread_condition:
                if begun.thread_condition.wait_for(begun.has_ready, _SECONDS_BETWEEN_LOOKS):
                    return
            if self._has_workers():
                alone_since = monotonic()
            elif monotonic() - alone_since > _SECONDS_TO_WAIT:
                raise CommandError(
                    f"the Dask scheduler at {self._address} has had no workers for {_SECONDS_TO_WAIT} seconds; "
                    "run the same command again to go on"
                )

    def _has_workers(self) -> bool:
        try:
            return bool(self._client.nthreads())
        except OSError:
            raise CommandError(_GONE) from None


def _itself(function: Callable[[Item], Done]) -> Callable[[Item], Done]:
    return function


def _called(function: Callable[[Item], Done], item: Item) -> Done:
    return function(item)
