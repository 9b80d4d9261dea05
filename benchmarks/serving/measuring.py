"""One server, once: started, asked until it answers right, loaded, ended."""

from collections.abc import Sequence
from dataclasses import dataclass

import uvloop

from benchmarks.serving.load import arrive, post, saturate
from benchmarks.serving.models import Model
from benchmarks.serving.running import Running, body, running
from benchmarks.serving.servers import OURS, Server

BATCH_ROWS = 1_000

_SECONDS_WARMING = 1.0
_SECONDS_OF_BATCHES = 1.5


@dataclass(frozen=True)
class Effort:
    """How much is asked: at most `requests` or for `seconds` at full speed, then `rate` a second for so long again."""

    requests: int
    seconds: float
    rate: float


@dataclass(frozen=True)
class Measured:
    """Seconds to the first right answer, processor seconds a request, waits in seconds, MB, rows a processor second."""

    start: float
    cpu: float
    requests: int
    waits: Sequence[float]
    memory: float
    batch_rows: float | None = None


def measure(server: Server, model: Model, effort: Effort) -> Measured:
    """A round; RuntimeError where the server doesn't start, or answers wrongly."""
    with running(server, model) as started:
        return uvloop.run(_measure(started, effort))


async def _measure(started: Running, effort: Effort) -> Measured:
    tree, port, requests = started.tree, started.port, started.requests
    seconds = await started.first_answer()
    await started.check()
    await saturate(port, requests, effort.requests, _SECONDS_WARMING)
    before = tree.cpu_seconds()
    answered = await saturate(port, requests, effort.requests, effort.seconds)
    cpu = (tree.cpu_seconds() - before) / answered
    waits = await arrive(port, requests, effort.rate, effort.seconds)
    memory = tree.resident_mb()
    batches = await _batches(started) if started.server is OURS else None
    return Measured(seconds, cpu, answered, waits, memory, batches)


async def _batches(started: Running) -> float:
    """Rows of batches answered in a processor second."""
    rows = started.model.rows
    films = [OURS.ask(rows[number % len(rows)]) for number in range(BATCH_ROWS)]
    request = post(f"{OURS.path}/batch", body({"films": films}), OURS.headers)
    before = started.tree.cpu_seconds()
    answered = await saturate(started.port, [request], 10_000, _SECONDS_OF_BATCHES)
    return answered * BATCH_ROWS / (started.tree.cpu_seconds() - before)
