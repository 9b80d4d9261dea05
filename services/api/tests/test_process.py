"""The command itself, on a socket of its own."""

import json
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from .processes import COMMAND, Process, environment_in

FILM = b'{"budget": 30e6}'
_HEAD_OF_FILM = (
    b"POST /v1/predictions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    % len(FILM)
)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return environment_in(tmp_path)


@pytest.fixture
def process(environment: dict[str, str]) -> Iterator[Process]:
    process = Process(environment)
    yield process
    process.stop()


def test_it_starts_without_a_model_and_serves_the_first_champion_without_a_restart(
    process: Process, registry: Any, make_model: Callable[..., Path], tmp_path: Path,
    eventually: Callable[[Callable[[], bool]], None],
) -> None:  # fmt: skip
    before = [process.client.get(path).status_code for path in ("/livez", "/readyz")]

    registry.promote(make_model(tmp_path / "v1", seed=1), 1)
    eventually(process.is_ready)
    registry.promote(make_model(tmp_path / "v2", seed=2), 2)
    eventually(lambda: process.client.get("/v1/model").json()["version"] == "2")
    code, said = process.stop()

    assert before == [200, 503]
    assert code == 0
    assert [line["version"] for line in map(json.loads, said.splitlines()) if line["event"] == "model served"] == [
        "1",
        "2",
    ]


@pytest.fixture
def mute() -> Iterator[str]:
    """Where connections are taken and nothing is ever said."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening:
        yield f"127.0.0.1:{listening.getsockname()[1]}"


def test_with_registry_and_database_away_a_start_is_ready_within_ten_seconds_on_the_last_good_model(
    environment: dict[str, str], registry: Any, make_model: Callable[..., Path], tmp_path: Path, mute: str,
    eventually: Callable[[Callable[[], bool]], None],
) -> None:  # fmt: skip
    registry.promote(make_model(tmp_path / "model"), 1)
    first = Process(environment)
    eventually(first.is_ready)
    first.stop()
    away = {"MLFLOW_TRACKING_URI": f"http://{mute}", "DATABASE_URL": f"mysql+pymysql://u:p@{mute}/cinecote"}

    began = time.monotonic()
    second = Process(environment | away)
    eventually(second.is_ready)
    seconds = time.monotonic() - began
    answer = second.client.post("/v1/predictions", json={"budget": 30e6})
    second.stop()

    assert seconds < 10
    assert (answer.status_code, answer.headers["X-Model-Version"]) == (200, "1")


def test_a_stop_that_is_asked_for_during_the_start_is_not_forgotten(process: Process) -> None:
    code, said = process.stop()

    assert code == 0
    assert "Traceback" not in said


def test_every_request_leaves_one_line_of_json_without_what_was_sent(process: Process) -> None:
    process.client.post("/v1/predictions", json={"budget": -77001}, headers={"X-Request-ID": "mine"})
    _, said = process.stop()

    [line] = [line for line in map(json.loads, said.splitlines()) if line["event"] == "request"]
    assert (line["request_id"], line["method"], line["route"], line["status"]) == (
        "mine",
        "POST",
        "/v1/predictions",
        422,
    )
    assert line["duration_ms"] > 0
    assert "77001" not in said


def test_a_request_under_way_is_finished_when_the_process_is_told_to_stop(
    process: Process, registry: Any, make_model: Callable[..., Path], tmp_path: Path,
    eventually: Callable[[Callable[[], bool]], None],
) -> None:  # fmt: skip
    registry.promote(make_model(tmp_path / "model"), 1)
    eventually(process.is_ready)
    connection = process.connect(_head(len(FILM)) + b"Expect: 100-continue\r\n\r\n")
    assert connection.recv(100).startswith(b"HTTP/1.1 100")

    process.process.send_signal(signal.SIGTERM)
    _wait_until_refused(process.port)
    connection.sendall(FILM)
    answer = _receive(connection)

    assert answer.startswith(b"HTTP/1.1 200")
    assert process.stop()[0] == 0


@pytest.mark.parametrize("begun", [len(_HEAD_OF_FILM) - 9, len(_HEAD_OF_FILM), len(_HEAD_OF_FILM) + 3])
def test_a_request_that_has_begun_to_arrive_is_waited_for_when_the_process_is_told_to_stop(
    process: Process, registry: Any, make_model: Callable[..., Path], tmp_path: Path, begun: int,
    eventually: Callable[[Callable[[], bool]], None],
) -> None:  # fmt: skip
    registry.promote(make_model(tmp_path / "model"), 1)
    eventually(process.is_ready)
    asked = _HEAD_OF_FILM + FILM
    connection = process.connect(asked[:begun])
    # What came before is read by now.
    assert process.client.get("/livez").status_code == 200

    process.process.send_signal(signal.SIGTERM)
    _wait_until_refused(process.port)
    # Longer than a connection without a request is kept.
    time.sleep(1.5)
    connection.sendall(asked[begun:])
    answer = _receive(connection)

    assert answer.startswith(b"HTTP/1.1 200")
    assert b"connection: close" in answer
    assert process.stop()[0] == 0


def test_a_request_on_a_connection_kept_alive_is_answered_though_the_process_was_told_to_stop_before(
    process: Process,
) -> None:
    ask = b"GET /livez HTTP/1.1\r\nHost: here\r\n\r\n"
    connection = process.connect(ask)
    assert b"200 OK" in _read(connection)

    process.process.send_signal(signal.SIGTERM)
    _wait_until_refused(process.port)
    connection.sendall(ask)
    answer = _receive(connection)

    assert b"200 OK" in answer
    assert b"connection: close" in answer
    assert process.stop()[0] == 0


def test_a_port_in_use_is_told_in_one_line(process: Process, environment: dict[str, str]) -> None:
    second = _run(COMMAND, environment | {"CINECOTE_API_PORT": str(process.port)})

    assert second.returncode == 1
    assert second.stderr == f"error: can't listen on 127.0.0.1, port {process.port}: Address already in use\n"


@pytest.mark.parametrize(
    ("changes", "code", "line"),
    [
        ({"CINECOTE_API_PORT": "eighty"}, 2, "CINECOTE_API_PORT"),
        ({"MLFLOW_TRACKING_URI": "ftp://x"}, 2, "MLFLOW_TRACKING_URI"),
        ({"DATABASE_URL": "postgresql://u:s3cret@h/d"}, 2, "DATABASE_URL"),
        ({"CINECOTE_MODEL_DIR": "/proc/served"}, 1, "/proc/served"),
    ],
)
def test_a_setting_that_can_not_be_used_is_told_in_one_line(
    environment: dict[str, str], changes: dict[str, str], code: int, line: str
) -> None:
    ended = _run(COMMAND, environment | changes)

    errors = [said for said in ended.stderr.splitlines() if not said.startswith("{")]
    assert ended.returncode == code
    assert len(errors) == 1
    assert line in errors[0]
    assert "s3cret" not in ended.stderr


def _run(command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def _head(length: int | None, call: str = "/v1/predictions") -> bytes:
    announced = "" if length is None else f"Content-Length: {length}\r\n"
    return f"POST {call} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{announced}".encode()


def _receive(connection: socket.socket, end: bytes = b"}") -> bytes:
    """What arrives until an answer's body has ended, the last on its connection."""
    arrived = _read(connection, end)
    connection.close()
    return arrived


def _read(connection: socket.socket, end: bytes = b"}") -> bytes:
    arrived = b""
    while not (b"\r\n\r\n" in arrived and arrived.endswith(end)):
        part = connection.recv(65_536)
        if not part:
            break
        arrived += part
    return arrived


def _wait_until_refused(port: int) -> None:
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except ConnectionResetError:
            # It was taken into the queue of a port that was closed then.
            continue
        except ConnectionRefusedError:
            return
        time.sleep(0.01)
    raise AssertionError("it still listens")
