"""Runs in a process of its own: asks one api for single predictions, and prints what came of it as JSON.

python -m benchmarks.arrivals PORT --callers N [--rate R] --seconds S

Without --rate, each of the callers asks again as soon as it is answered. With it, requests come at their moments,
whatever the server does: each is that of a caller who isn't waiting for an answer. Who was told to wait waits; a
request that comes while all callers do is held back.
"""

import asyncio
import json
import random
import time
from argparse import ArgumentParser
from collections import Counter, deque
from typing import Any

import uvloop

from benchmarks.serving.load import post

SECONDS_TO_ANSWER = 1.0
_SECONDS_BETWEEN_ROUNDS = 0.002
_LATE = 0.1


class Crowd:
    """Callers, each with a connection, and what they were answered."""

    def __init__(self, port: int, callers: int, rate: float | None) -> None:
        self.tally: Counter[str] = Counter()
        self.waits: list[float] = []
        self.is_open = True
        self._port = port
        self._callers = callers
        self._rate = rate
        self._idle: deque[Caller] = deque()
        self._connections = 0
        self._connecting: set[asyncio.Task[None]] = set()
        pick = random.Random(20260101)
        self._bodies = [
            post("/v1/predictions", json.dumps({"budget": pick.randint(1, 300) * 1e6, "runtime": 90 + number}).encode())
            for number in range(64)
        ]

    async def ask_again(self, seconds: float) -> None:
        """Have each caller ask without a pause."""
        for _ in range(self._callers):
            await self._connect(time.perf_counter())
        await asyncio.sleep(seconds)
        self.is_open = False

    async def arrive(self, seconds: float) -> None:
        """Ask at the rate, then wait for the last answers."""
        assert self._rate is not None
        began = time.perf_counter()
        for number in range(int(self._rate * seconds)):
            moment = began + number / self._rate
            if moment > time.perf_counter():
                await asyncio.sleep(max(_SECONDS_BETWEEN_ROUNDS, moment - time.perf_counter()))
            self._send(moment)
        self.is_open = False
        await asyncio.sleep(SECONDS_TO_ANSWER + 1)

    def request(self) -> bytes:
        return self._bodies[self.tally["sent"] % len(self._bodies)]

    def rest(self, caller: "Caller", seconds: float) -> None:
        """`caller` was answered, and told to wait for so long."""
        if seconds:
            asyncio.get_running_loop().call_later(seconds, self._idle.append, caller)
        elif self._rate is None:
            if self.is_open:
                caller.ask(time.perf_counter())
        else:
            self._idle.append(caller)

    def _send(self, moment: float) -> None:
        if time.perf_counter() - moment > _LATE:
            # The machine keeps the crowd from asking in time, so that less is offered than was meant.
            self.tally["asked late"] += 1
        while self._idle:
            caller = self._idle.pop()
            if not caller.is_closed:
                caller.ask(moment)
                return
        if self._connections >= self._callers:
            self.tally["held back"] += 1
            return
        task = asyncio.get_running_loop().create_task(self._connect(moment))
        self._connecting.add(task)
        task.add_done_callback(self._connecting.discard)

    async def _connect(self, moment: float) -> None:
        self._connections += 1
        try:
            _, caller = await asyncio.get_running_loop().create_connection(
                lambda: Caller(self), "127.0.0.1", self._port
            )
        except OSError:
            self.tally["sent"] += 1
            self.tally["not connected"] += 1
            return
        caller.ask(moment)


class Caller(asyncio.Protocol):
    """One connection with at most one request under way; only as much HTTP as the api speaks."""

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd
        self._arrived = b""
        self._moment: float | None = None
        self.is_closed = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # The loop's own class, which is none of asyncio's but does as asyncio.Transport does.
        self._transport: Any = transport

    def ask(self, moment: float) -> None:
        """Send a request that should have been sent at this moment."""
        self._moment = moment
        self._transport.write(self._crowd.request())
        self._crowd.tally["sent"] += 1

    def data_received(self, data: bytes) -> None:
        self._arrived += data
        head, found, body = self._arrived.partition(b"\r\n\r\n")
        if not found or self._moment is None:
            return
        lines = head.lower()
        length = int(lines.partition(b"content-length: ")[2].partition(b"\r\n")[0])
        if len(body) < length:
            return
        wait, self._moment, self._arrived = time.perf_counter() - self._moment, None, b""
        self._crowd.rest(self, self._count(lines, wait))

    def connection_lost(self, _exc: Exception | None) -> None:
        self.is_closed = True
        if self._moment is not None:
            self._crowd.tally["broken"] += 1

    def _count(self, head: bytes, wait: float) -> float:
        """Count the answer; for how many seconds it asks to wait."""
        tally, status = self._crowd.tally, head[9:12]
        _, told, rest = head.partition(b"retry-after: ")
        if status == b"200":
            tally["good" if wait <= SECONDS_TO_ANSWER else "late"] += 1
            self._crowd.waits.append(wait)
        elif status == b"503" and told:
            tally["refused"] += 1
            return float(rest.partition(b"\r\n")[0])
        else:
            tally[f"status {status.decode()}"] += 1
        return 0.0


async def ask(port: int, callers: int, rate: float | None, seconds: float) -> dict[str, object]:
    crowd = Crowd(port, callers, rate)
    await (crowd.ask_again(seconds) if rate is None else crowd.arrive(seconds))
    waits = sorted(crowd.waits) or [0.0]
    quantiles = {f"p{part}": waits[len(waits) * part // 100] for part in (50, 99)}
    answered = sum(count for name, count in crowd.tally.items() if name not in ("sent", "held back", "asked late"))
    told = dict(crowd.tally) | {"unanswered": crowd.tally["sent"] - answered}
    return {"processor": time.process_time(), "counts": told} | quantiles


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("--callers", type=int, default=32)
    parser.add_argument("--rate", type=float)
    parser.add_argument("--seconds", type=float, default=10)
    asked = parser.parse_args()
    print(json.dumps(uvloop.run(ask(asked.port, asked.callers, asked.rate, asked.seconds))))


if __name__ == "__main__":
    main()
