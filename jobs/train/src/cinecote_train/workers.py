"""The processes that share the fitting; none outlives the one that started it, however that ends."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from importlib import import_module
from threading import Thread
from types import TracebackType
from typing import Protocol, Self, TypeVar

from cinecote.exits import CommandError

Item = TypeVar("Item")
Done = TypeVar("Done")

_NEEDED = "cinecote_train.search"
"""What every piece of work imports; it takes seconds, so it is begun before there is work."""


class Mapper(Protocol):
    """Whoever shares work out."""

    def map(self, function: Callable[[Item], Done], items: Iterable[Item]) -> Iterator[Done]:
        """What `function` gives for each item, in their order, as it comes; CommandError where that can't be done."""


class Workers:
    """As many processes as are asked for, for the time of the block; one is this process itself."""

    def __init__(self, processes: int) -> None:
        self._processes = processes
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        if self._processes > 1:
            # Not forked: OpenMP's threads, once started here, would hang in a copy.
            self._pool = ProcessPoolExecutor(self._processes, multiprocessing.get_context("spawn"), initializer=_begin)
            for _ in range(self._processes):
                self._pool.submit(import_module, _NEEDED)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is None:
            return
        if error is not None:
            for process in multiprocessing.active_children():
                process.terminate()
        self._pool.shutdown(cancel_futures=True)

    def map(self, function: Callable[[Item], Done], items: Iterable[Item]) -> Iterator[Done]:
        """What `function` gives for each item, in their order, as it comes; CommandError where a process died."""
        if self._pool is None:
            yield from map(function, items)
            return
        try:
            yield from self._pool.map(function, items)
        except BrokenProcessPool:
            raise CommandError(
                "a worker process was killed, maybe for want of memory; try a smaller CINECOTE_TRAIN_JOBS"
            ) from None


def _begin() -> None:
    """Leave Ctrl-C to the parent, and end when it is gone."""
    # OpenMP reads it once. There is a worker a core: more threads would only spin while they wait for each other.
    os.environ["OMP_NUM_THREADS"] = "1"
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
