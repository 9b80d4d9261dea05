"""Runs in a pod: asks for each target in turn, RATE times a second whatever the answers take, until SIGTERM.

Environment: RATE, and TARGETS, a list of {url, body, expected}. Each second it prints what was sent and what was
lost so far, one JSON object a line: an answer that isn't 200 or lacks `expected`, or none within ten seconds, is lost.
"""

import itertools
import json
import os
import select
import signal
import threading
import time
from collections import defaultdict, deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

SECONDS_TO_ANSWER = 10
# As many as may wait for their answers when none comes for ten seconds.
MOST_UNDER_WAY = 1000


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


class Client:
    """The standard library's, as it takes little of the processor; keeps its connections, or makes each anew."""

    def __init__(self, *, keeps: bool) -> None:
        self._keeps = keeps
        self._kept: defaultdict[str, deque[HTTPConnection]] = defaultdict(deque)

    def ask(self, target: dict[str, Any]) -> tuple[int, str]:
        """Status and text; OSError or HTTPException where no answer comes."""
        url = urlsplit(target["url"])
        connection = self._connection(url.netloc)
        headers = {} if self._keeps else {"Connection": "close"}
        body = None
        if target["body"]:
            headers["Content-Type"] = "application/json"
            body = json.dumps(target["body"])
        connection.request("POST" if body else "GET", f"{url.path}?{url.query}", body, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        if self._keeps and not answer.will_close:
            self._kept[url.netloc].append(connection)
        else:
            connection.close()
        return answer.status, text

    def _connection(self, host: str) -> HTTPConnection:
        while True:
            try:
                kept = self._kept[host].pop()
            except IndexError:
                return HTTPConnection(host, timeout=SECONDS_TO_ANSWER)
            if not _has_ended(kept):
                return kept
            kept.close()


def _has_ended(kept: HTTPConnection) -> bool:
    """Whether the server has hung up; nothing else is to be read between two requests."""
    # Not select(), which takes no file beyond the first 1,024.
    looked_at = select.poll()
    looked_at.register(kept.sock, select.POLLIN)
    return bool(looked_at.poll(0))


def ask(client: Client, target: dict[str, Any], tally: Tally) -> None:
    began = time.perf_counter()
    try:
        status, text = client.ask(target)
        fault = "" if status == 200 and target["expected"] in text else str(status)
    except (OSError, HTTPException) as error:
        fault = repr(error)
    if fault:
        tally.lost.append(f"{time.time() - tally.began:.1f} s: {target['url']}: {fault}")
    else:
        tally.seconds.append(time.perf_counter() - began)


def main() -> None:
    """Every target in turn, by a client that keeps its connections and then by one that makes each anew."""
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    targets = json.loads(os.environ["TARGETS"])
    rate = int(os.environ["RATE"])
    clients = (Client(keeps=True), Client(keeps=False))
    tally = Tally()
    asked = []
    began = time.perf_counter()
    with ThreadPoolExecutor(MOST_UNDER_WAY) as under_way:
        for number, (client, target) in enumerate(itertools.cycle(itertools.product(clients, targets))):
            if stopped.wait(max(0.0, began + number / rate - time.perf_counter())):
                break
            tally.sent += 1
            asked.append(under_way.submit(ask, client, target, tally))
            if number % rate == 0:
                print(tally.report(ended=False), flush=True)
    # What went wrong in asking, and not in the answer, ends this without a last report.
    for each in asked:
        each.result()
    print(tally.report(ended=True), flush=True)


if __name__ == "__main__":
    main()
