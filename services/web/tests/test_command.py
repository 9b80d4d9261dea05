"""The command itself, in a process of its own, on a port of its own."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from queue import SimpleQueue
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx2
import pytest

COMMAND = str(Path(sys.executable).parent / "cinecote-web")
ESTIMATE = {"vote_count": "5200"}


@dataclass
class Served:
    """A page that is being served, and its log as it comes."""

    process: "subprocess.Popen[str]"
    address: str

    def log_until(self, text: str) -> str:
        return wait_for(self.process, text)


def wait_for(process: "subprocess.Popen[str]", text: str) -> str:
    assert process.stderr is not None
    for line in process.stderr:
        if text in line:
            return line
    pytest.fail(f"the process ended before it said {text}")


def environment(**settings: object) -> dict[str, str]:
    return {
        **os.environ,
        "CINECOTE_LOG_FORMAT": "json",
        **{f"CINECOTE_{name}": str(value) for name, value in settings.items()},
    }


@contextmanager
def serving(folder: Path, command: Sequence[str] = (COMMAND,), **settings: object) -> Iterator[Served]:
    variables = environment(WEB_PORT=0, **settings) | {"HOME": str(folder)}
    with subprocess.Popen(command, env=variables, cwd=folder, stderr=subprocess.PIPE, text=True) as process:
        listening = re.search(r"http://[0-9.:]+", wait_for(process, "Listening at"))
        assert listening is not None
        try:
            yield Served(process, listening[0])
        finally:
            process.kill()


@pytest.fixture
def served(api_address: str, tmp_path: Path) -> Iterator[Served]:
    with serving(tmp_path, API_URL=api_address) as served:
        yield served


def test_the_command_serves_the_page(served: Served) -> None:
    response = httpx2.get(served.address, params=ESTIMATE)

    assert response.status_code == 200
    assert 'id="answer"' in response.text


def test_the_page_shows_its_key_to_the_api_alone(api_address: str, asked: list[dict[str, Any]], tmp_path: Path) -> None:
    with serving(tmp_path, API_URL=api_address, API_KEY="cine_ours") as served:
        page = httpx2.get(served.address, params=ESTIMATE)

    assert {question["headers"].get("Authorization") for question in asked} == {"Bearer cine_ours"}
    assert "cine_ours" not in page.text + str(page.headers)


def test_the_metrics_are_those_of_every_thread(served: Served) -> None:
    with ThreadPoolExecutor(8) as visitors:
        list(visitors.map(lambda _: httpx2.get(served.address, params=ESTIMATE), range(40)))

    metrics = httpx2.get(f"{served.address}/metrics").text
    assert 'http_request_duration_seconds_count{method="GET",route="/",status="200"} 40.0' in metrics
    assert "process_resident_memory_bytes" in metrics


def test_visitors_who_wait_for_the_api_hold_up_nobody_else(
    served: Served, gate: threading.Event, arrivals: SimpleQueue[str]
) -> None:
    gate.clear()
    with ThreadPoolExecutor(4) as visitors:
        waiting = [visitors.submit(httpx2.get, served.address, params=ESTIMATE) for _ in range(4)]
        for _ in waiting:
            arrivals.get(timeout=30)

        alive = httpx2.get(f"{served.address}/livez")

        gate.set()
        assert alive.status_code == 200
        assert [visitor.result().status_code for visitor in waiting] == [200] * 4


def test_a_stop_lets_the_request_under_way_end(
    served: Served, gate: threading.Event, arrivals: SimpleQueue[str]
) -> None:
    gate.clear()
    with ThreadPoolExecutor(1) as visitors:
        waiting = visitors.submit(httpx2.get, served.address, params=ESTIMATE)
        arrivals.get(timeout=30)

        served.process.send_signal(signal.SIGTERM)
        served.log_until("Handling signal: term")
        gate.set()

        assert waiting.result().status_code == 200
    assert served.process.wait(30) == 0


def test_a_stop_ends_a_connection_by_saying_so_in_an_answer(served: Served) -> None:
    with visiting(served) as visitor:
        assert told(visitor) == (200, "keep-alive")

        served.process.send_signal(signal.SIGTERM)
        assert set(told_until_closed(visitor)) <= {(200, "keep-alive")}
    assert served.process.wait(30) == 0


def test_a_request_under_way_at_a_stop_has_its_connection_kept_as_its_answer_says(
    served: Served, gate: threading.Event, arrivals: SimpleQueue[str]
) -> None:
    gate.clear()
    with ThreadPoolExecutor(1) as visitors, visiting(served) as visitor:
        waiting = visitors.submit(told, visitor, f"/?{urlencode(ESTIMATE)}")
        arrivals.get(timeout=30)

        served.process.send_signal(signal.SIGTERM)
        served.log_until("Handling signal: term")
        gate.set()

        assert waiting.result() == (200, "keep-alive")
        assert set(told_until_closed(visitor)) <= {(200, "keep-alive")}
    assert served.process.wait(30) == 0


@contextmanager
def visiting(served: Served) -> Iterator[HTTPConnection]:
    """One connection: a request on it is an error once it was closed, with a word or without."""
    with closing(HTTPConnection(urlsplit(served.address).netloc, timeout=30)) as visitor:
        visitor.connect()
        visitor.auto_open = 0
        yield visitor


def told(visitor: HTTPConnection, path: str = "/livez") -> tuple[int, str | None]:
    """An answer's status, and what it says of its connection."""
    visitor.request("GET", path)
    response = visitor.getresponse()
    response.read()
    return response.status, response.getheader("connection")


def told_until_closed(visitor: HTTPConnection) -> list[tuple[int, str | None]]:
    """What is told before the connection's close is: the worker hears of a stop some moments after its process."""
    return list(iter(lambda: told(visitor), (200, "close")))


def test_a_connection_that_is_kept_alive_unused_holds_up_no_stop(served: Served) -> None:
    with httpx2.Client(base_url=served.address) as visitor:
        visitor.get("/livez")

        served.process.send_signal(signal.SIGTERM)

        # Fewer than the twenty seconds that a request under way is given.
        assert served.process.wait(10) == 0


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_stopped_command_ends_well_and_leaves_nothing_behind(
    served: Served, stop: signal.Signals, tmp_path: Path
) -> None:
    served.process.send_signal(stop)

    assert served.process.wait(30) == 0
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(f"{served.address}/livez")


# What a busy machine does: the process is told to stop before its worker has come to anything.
SLOW_TO_BOOT = """
import time
from cinecote_web import main, worker

boot = worker.LingeringWorker.init_process
worker.LingeringWorker.init_process = lambda self: (time.sleep(1), boot(self))
main.main()
"""


def test_a_stop_reaches_a_worker_that_has_only_just_been_made(api_address: str, tmp_path: Path) -> None:
    with serving(tmp_path, [sys.executable, "-c", SLOW_TO_BOOT], API_URL=api_address) as served:
        served.process.send_signal(signal.SIGTERM)

        # Fewer than the twenty seconds that a request under way is given.
        assert served.process.wait(10) == 0


# A connection without a request is put aside after five seconds, which nobody needs to wait for here.
SOON_ASIDE = """
from gunicorn.workers import gthread
from cinecote_web import main

gthread.DEFAULT_WORKER_DATA_TIMEOUT = 0.1
main.main()
"""


def test_a_connection_that_a_browser_opened_ahead_holds_up_no_stop(api_address: str, tmp_path: Path) -> None:
    with serving(tmp_path, [sys.executable, "-c", SOON_ASIDE], API_URL=api_address) as served:
        httpx2.get(served.address)
        where = urlsplit(served.address)
        with socket.create_connection((where.hostname, where.port)):
            # Long enough for it to be put aside; where it isn't, the stop has less to wait for.
            time.sleep(1)
            served.process.send_signal(signal.SIGTERM)

            assert served.process.wait(10) == 0


def ended(**settings: object) -> "subprocess.CompletedProcess[str]":
    variables = environment(**settings)
    return subprocess.run([COMMAND], check=False, env=variables, stderr=subprocess.PIPE, text=True, timeout=60)


def test_a_port_in_use_is_one_clear_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        result = ended(WEB_PORT=port)

    assert result.returncode == 1
    assert result.stderr == f"error: the page can't listen on 127.0.0.1:{port}: Address already in use\n"


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"WEB_PORT": "http"}, "CINECOTE_WEB_PORT"),
        ({"WEB_PORT": 70000}, "CINECOTE_WEB_PORT"),
        ({"API_URL": "127.0.0.1:8000"}, "CINECOTE_API_URL"),
        ({"API_URL": "ftp://api"}, "CINECOTE_API_URL"),
        ({"API_TIMEOUT_S": 0}, "CINECOTE_API_TIMEOUT_S"),
        ({"MLFLOW_PAGE_URL": "javascript:alert(1)"}, "CINECOTE_MLFLOW_PAGE_URL"),
        ({"GRAFANA_PAGE_URL": "grafana"}, "CINECOTE_GRAFANA_PAGE_URL"),
        ({"WEB_SECRET": "changeme"}, "CINECOTE_WEB_SECRET"),
    ],
)
def test_an_unusable_setting_is_one_line_that_names_it(settings: dict[str, Any], named: str) -> None:
    result = ended(**settings)

    assert result.returncode == 2
    assert result.stderr.startswith("error: ")
    assert named in result.stderr
    assert "changeme" not in result.stderr
    assert result.stderr.count("\n") == 1
