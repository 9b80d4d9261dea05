"""What is left of the api's capacity when five times as much is asked of it, and whether /livez still answers.

python -m benchmarks.overload [--cores C] [--callers N] [--times N] [--seconds S] [--site FOLDER]

The api gets a small share of a core, as a container does, so that one process beside it can offer several times as much
as it takes. Capacity is what connections that never pause get answered.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import time
from argparse import ArgumentParser
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any

from benchmarks.limited import limited
from benchmarks.served_api import ServedApi, served_api

GOAL = 0.9
ROUNDS = 3
CALLERS_AT_CAPACITY = 32
SECONDS_BETWEEN_PROBES = 0.1
SECONDS_TO_PROBE = 1.0
"""A kubelet's own patience."""


@dataclass(frozen=True, slots=True)
class Probes:
    """Seconds of each answer of /livez, and how many never came in time."""

    waits: list[float]
    failed: int

    def told(self) -> str:
        return f"{len(self.waits)} answered, {self.failed} failed, p99 {quantile(self.waits, 99) * 1000:.0f} ms"


def crowd(port: int, *asked: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks.arrivals", str(port), *asked], stdout=subprocess.PIPE, text=True
    )


def told(process: "subprocess.Popen[str]") -> dict[str, Any]:
    said, _ = process.communicate()
    if process.returncode:
        raise SystemExit("error: the crowd failed")
    result: dict[str, Any] = json.loads(said)
    return result


async def probe(port: int, waits: list[float], failures: list[str]) -> None:
    """Ask /livez once, over a connection of its own."""
    began = time.perf_counter()
    try:
        async with asyncio.timeout(SECONDS_TO_PROBE):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            answer = await reader.read()
            writer.close()
    except (OSError, TimeoutError) as fault:
        failures.append(type(fault).__name__)
        return
    if answer.startswith(b"HTTP/1.1 200"):
        waits.append(time.perf_counter() - began)
    else:
        failures.append(answer[:20].decode("latin-1"))


async def probe_while(port: int, process: "subprocess.Popen[str]") -> Probes:
    """Ask /livez ten times a second until the process has ended."""
    waits: list[float] = []
    failures: list[str] = []
    async with asyncio.TaskGroup() as under_way:
        while process.poll() is None:
            under_way.create_task(probe(port, waits, failures))
            await asyncio.sleep(SECONDS_BETWEEN_PROBES)
    return Probes(waits, len(failures))


def quantile(values: list[float], part: int) -> float:
    return statistics.quantiles(values, n=100)[part - 1] if len(values) > 1 else float("nan")


def offered(port: int, callers: int, rate: float, seconds: float) -> tuple[dict[str, Any], Probes]:
    """What came of requests at a constant rate, with /livez beside them."""
    process = crowd(port, "--callers", str(callers), "--rate", str(rate), "--seconds", str(seconds))
    probes = asyncio.run(probe_while(port, process))
    return told(process), probes


@dataclass(frozen=True, slots=True)
class Round:
    """Good answers a second, and a second of the api's processor time."""

    a_second: float
    a_core: float


def answered(api: ServedApi, good: int, seconds: float, processor: float) -> Round:
    return Round(good / seconds, good / (api.processor - processor))


def capacity(api: ServedApi, seconds: float) -> Round:
    """What callers who never pause get answered."""
    processor = api.processor
    closed = told(crowd(api.port, "--callers", str(CALLERS_AT_CAPACITY), "--seconds", str(seconds)))
    found = answered(api, closed["counts"]["good"], seconds, processor)
    print(f"capacity: {found.a_second:,.0f} a second, p99 {closed['p99'] * 1000:.0f} ms")
    return found


def under(api: ServedApi, callers: int, rate: float, seconds: float) -> tuple[Round, Probes]:
    """What is left at this rate."""
    processor = api.processor
    said, probes = offered(api.port, callers, rate, seconds)
    found = answered(api, said["counts"].get("good", 0), seconds, processor)
    print(
        f"{rate:,.0f} a second: {found.a_second:,.0f} answered within a second, p50 {said['p50'] * 1000:.0f} ms,"
        f" p99 {said['p99'] * 1000:.0f} ms; /livez: {probes.told()}"
    )
    print(f"    {json.dumps(said['counts'])}; the crowd took {said['processor'] / seconds:.2f} cores")
    return found, probes


def measure(api: ServedApi, callers: int, times: float, seconds: float) -> bool:
    """Print what was found, in rounds; whether the goal was met."""
    capacity(api, seconds / 3)
    ratios: list[Round] = []
    failed = 0
    for _ in range(ROUNDS):
        whole = capacity(api, seconds / 3)
        left, probes = under(api, callers, times * whole.a_second, seconds)
        ratios.append(Round(left.a_second / whole.a_second, left.a_core / whole.a_core))
        failed += probes.failed
    a_second, a_core = (statistics.median(map(attrgetter(name), ratios)) for name in ("a_second", "a_core"))
    print(
        f"at {times:g} x, of {ROUNDS} rounds the median: {a_second:.2f} x capacity answered within a second,"
        f" {a_core:.2f} x a second of the processor; {failed} of /livez failed; {api.memory():.0f} MB"
    )
    # Where other work takes the processor, what was had of it is what compares.
    return not failed and max(a_second, a_core) >= GOAL


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--cores", type=float, default=0.25)
    parser.add_argument("--callers", type=int, default=1000)
    parser.add_argument("--times", type=float, default=5)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--site", type=Path, help="a folder with cinecote.db and mlflow.db, instead of a training")
    asked = parser.parse_args()
    with served_api(asked.site) as api, limited(api.pid, asked.cores):
        print(f"{asked.cores:g} of a core, {api.model}")
        sys.exit(not measure(api, asked.callers, asked.times, asked.seconds))


if __name__ == "__main__":
    main()
