"""Batches of films: scored off the event loop, so that single predictions don't wait for them."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from cinecote_api.problems.problems import BUSY, unavailable

_THREADS = 2
_MOST_WAITING = 32

Answer = TypeVar("Answer")


class BatchWorkers:
    """A few threads and a bounded queue before them."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="batch")
        self._waiting = 0

    async def run(self, work: Callable[[], Answer]) -> Answer:
        """What `work` gives; Problem 503 while too many batches are waiting."""
        if self._waiting >= _MOST_WAITING:
            raise unavailable(BUSY, "too many batches are waiting", 1)
        self._waiting += 1
        try:
            return await self.run_step(work)
        finally:
            self._waiting -= 1

    async def run_step(self, work: Callable[[], Answer]) -> Answer:
        """What `work` gives, a further step of an answer under way; others' steps and batches come in between."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
