"""Runs in a pod: asks for each target in turn, RATE times a second whatever the answers take, until SIGTERM.

Environment: RATE, and TARGETS, a list of {url, body, expected}. Each second it prints what was sent and what was
lost so far, one JSON object a line: an answer that isn't 200 or lacks `expected`, or none within ten seconds, is lost.
"""

import asyncio
import itertools
import json
import os
import signal
import time
from dataclasses import dataclass, field
from typing import Any

import httpx2

SECONDS_TO_ANSWER = 10


@dataclass
class Tally:
    began: float = field(default_factory=time.time)
    sent: int = 0
    seconds: list[float] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    def report(self, *, ended: bool) -> str:
        ordered = sorted(self.seconds) or [0.0]
        quantiles = {f"p{part}": ordered[len(ordered) * part // 100] for part in (50, 99)}
        told = {"sent": self.sent, "answered": len(self.seconds), "lost": len(self.lost), "ended": ended}
        return json.dumps(told | quantiles | {"slowest": ordered[-1], "reasons": self.lost[:20]})


async def ask(client: httpx2.AsyncClient, target: dict[str, Any], tally: Tally) -> None:
    began = time.perf_counter()
    try:
        method = "POST" if target["body"] else "GET"
        answer = await client.request(method, target["url"], json=target["body"])
        fault = "" if answer.status_code == 200 and target["expected"] in answer.text else str(answer.status_code)
    except httpx2.HTTPError as error:
        fault = repr(error)
    if fault:
        tally.lost.append(f"{time.time() - tally.began:.1f} s: {target['url']}: {fault}")
    else:
        tally.seconds.append(time.perf_counter() - began)


async def send(clients: list[httpx2.AsyncClient], tally: Tally, stopped: asyncio.Event) -> None:
    """Every target in turn, by a client that keeps its connections and then by one that makes each anew."""
    targets = json.loads(os.environ["TARGETS"])
    rate = float(os.environ["RATE"])
    began = time.perf_counter()
    async with asyncio.TaskGroup() as under_way:
        for number, (client, target) in enumerate(itertools.cycle(itertools.product(clients, targets))):
            await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
            if stopped.is_set():
                break
            tally.sent += 1
            under_way.create_task(ask(client, target, tally))
            if number % rate == 0:
                print(tally.report(ended=False), flush=True)


def client(keeping: int) -> httpx2.AsyncClient:
    """One that keeps so many connections open for the next requests, and opens as many as it takes."""
    limits = httpx2.Limits(max_keepalive_connections=keeping, max_connections=None)
    return httpx2.AsyncClient(limits=limits, timeout=SECONDS_TO_ANSWER, trust_env=False)


async def main() -> None:
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    tally = Tally()
    async with client(keeping=100) as keeping, client(keeping=0) as fresh:
        await send([keeping, fresh], tally, stopped)
    print(tally.report(ended=True), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
