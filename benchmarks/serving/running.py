"""A server of a model, running, and right."""

import asyncio
import json
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks.serving.environments import PLACE, environment
from benchmarks.serving.load import Unanswered, connected, post
from benchmarks.serving.models import Model
from benchmarks.serving.process_tree import ProcessTree
from benchmarks.serving.servers import Row, Server, variables

TOLERANCE = 1e-6

_SECONDS_TO_ANSWER = 120


@dataclass(frozen=True)
class Running:
    """A started server; `requests` ask about the model's rows, one each."""

    server: Server
    model: Model
    tree: ProcessTree
    port: int

    @property
    def requests(self) -> Sequence[bytes]:
        return [post(self.server.path, body(self.server.ask(row)), self.server.headers) for row in self.model.rows]

    async def first_answer(self) -> float:
        """Seconds from the start to the first answer; RuntimeError where there is none, or it is wrong."""
        request, refusal = self.requests[0], "nothing"
        while time.perf_counter() < self.tree.started + _SECONDS_TO_ANSWER:
            self.tree.check()
            try:
                async with asyncio.timeout(_SECONDS_TO_ANSWER), connected(self.port) as connection:
                    answer = await connection.ask(request)
            except (OSError, Unanswered, asyncio.IncompleteReadError) as refused:
                refusal = str(refused)
                await asyncio.sleep(0.01)
                continue
            taken = time.perf_counter() - self.tree.started
            self._compare(answer, self.model.expected[0])
            return taken
        said = f"{refusal}\n{self.tree.last_words()}"
        raise RuntimeError(f"{self.server.name}: no answer in {_SECONDS_TO_ANSWER} s, but: {said}")

    async def check(self) -> None:
        """RuntimeError where a row isn't answered as by scikit-learn."""
        async with connected(self.port) as connection:
            for request, expected in zip(self.requests, self.model.expected, strict=True):
                self._compare(await connection.ask(request), expected)

    def _compare(self, answer: bytes, expected: Row) -> None:
        probabilities = self.server.read(json.loads(answer))
        if not max(abs(one - other) for one, other in zip(probabilities, expected, strict=True)) <= TOLERANCE:
            raise RuntimeError(f"{self.server.name} answers {probabilities} where scikit-learn says {expected}")


@contextmanager
def running(server: Server, model: Model) -> Iterator[Running]:
    """The server, started afresh for the time of the block."""
    folder = PLACE / "runs" / f"{server.name}-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    installed = environment(server.environment)
    start = server.start(installed, model, folder)
    log = PLACE / f"{server.name}.log"
    try:
        with ProcessTree(start.command, variables(installed, start, folder), start.folder, log) as tree:
            yield Running(server, model, tree, start.port)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def body(said: object) -> bytes:
    return json.dumps(said).encode()
