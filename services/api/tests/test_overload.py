"""More requests than can be answered at once, over real connections."""

import json
import select
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from cinecote_api.models.served_model import ServedModel
from cinecote_api.server import load
from cinecote_api.server.load import Load

from .servers import Server

Connect = Callable[..., socket.socket]
FILM = b'{"budget": 30000000}'
CALLERS = 40
BURSTS = 50


@pytest.fixture
def server(
    tmp_path: Path,
    registry: Any,
    make_model: Callable[..., Path],
    make_client: Callable[..., TestClient],
    eventually: Callable[[Callable[[], bool]], None],
) -> Iterator[Server]:
    registry.promote(make_model(tmp_path / "model"), 1)
    server = Server(make_client(tmp_path))
    eventually(lambda: server.client.get("/readyz").status_code == 200)
    yield server
    server.close()


@pytest.fixture
def connect(server: Server) -> Iterator[Connect]:
    """Opens connections, each of which is closed at the end."""
    with ExitStack() as opened:
        yield lambda sent=b"": opened.enter_context(server.connect(sent))


@pytest.fixture
def slow_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each prediction takes some milliseconds, so that those that come together wait for each other."""
    usual = ServedModel.predict_one

    def slow(model: ServedModel, film: Any) -> Any:
        time.sleep(0.01)
        return usual(model, film)

    monkeypatch.setattr(ServedModel, "predict_one", slow)


def request(number: int = 0, body: bytes = FILM) -> bytes:
    head = b"POST /v1/predictions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-Request-ID: r%d\r\n"
    return (head + b"Content-Length: %d\r\n\r\n%b") % (number, len(body), body)


def batch_of(body: bytes) -> bytes:
    return request(0, body).replace(b"/v1/predictions", b"/v1/predictions/batch")


def receive(connection: socket.socket) -> tuple[int, dict[str, str], Any]:
    """Status, headers and body of the next answer."""
    arrived = b""
    while b"\r\n\r\n" not in arrived:
        arrived += connection.recv(65_536)
    head, _, body = arrived.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    while len(body) < int(headers["content-length"]):
        body += connection.recv(65_536)
    return int(first.split()[1]), headers, json.loads(body[: int(headers["content-length"])])


@pytest.mark.usefixtures("slow_model")
def test_a_probe_does_not_wait_behind_the_requests_that_came_before_it(server: Server, connect: Connect) -> None:
    callers = [connect() for _ in range(CALLERS)]
    for number, caller in enumerate(callers):
        caller.sendall(request(number))

    probe = server.client.get("/livez")
    answered, _, _ = select.select(callers, [], [], 0)
    answers = [receive(caller) for caller in callers]

    assert probe.status_code == 200
    assert len(answered) < CALLERS
    assert [headers["x-request-id"] for _, headers, _ in answers] == [f"r{number}" for number in range(CALLERS)]
    assert {status for status, _, _ in answers} <= {200, 503}


@pytest.mark.usefixtures("slow_model")
def test_nobody_is_refused_while_the_processor_is_taken_by_others(server: Server, connect: Connect) -> None:
    callers = [connect() for _ in range(CALLERS)]
    statuses = set()
    for _ in range(5):
        for number, caller in enumerate(callers):
            caller.sendall(request(number))
        statuses |= {receive(caller)[0] for caller in callers}

    assert statuses == {200}


@pytest.mark.usefixtures("slow_model")
def test_who_finds_too_many_waiting_is_told_to_wait_and_answered_when_coming_back(
    server: Server, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "_LONGEST_QUEUE_S", 0)
    monkeypatch.setattr(load, "_SHORTEST_ABSENCE_S", 0.01)
    monkeypatch.setattr(load, "_LONGEST_ABSENCE_S", 0.01)
    callers = [connect() for _ in range(CALLERS)]
    answers: list[tuple[int, dict[str, str], Any]] = []
    # Whom a burst finds waiting is a matter of moments: some burst finds some.
    for _ in range(BURSTS):
        for number, caller in enumerate(callers):
            caller.sendall(request(number))
        answers = [receive(caller) for caller in callers]
        if {status for status, _, _ in answers} == {200, 503}:
            break
    refused = [caller for caller, answer in zip(callers, answers, strict=True) if answer[0] == 503]
    counted = server.client.get("/metrics").text
    monkeypatch.undo()
    refused[0].sendall(request(77))
    back = receive(refused[0])

    assert {status for status, _, _ in answers} == {200, 503}
    for number, (status, headers, body) in enumerate(answers):
        assert headers["x-request-id"] == f"r{number}"
        if status == 503:
            assert (headers["retry-after"], body["type"]) == ("1", "urn:cinecote:problem:busy")
            assert headers["content-type"] == "application/problem+json"
    assert "cinecote_requests_shed_total" in counted
    assert (back[0], back[1]["x-request-id"]) == (200, "r77")


def test_what_looks_like_a_request_within_a_body_is_none_however_busy_the_server_is(
    server: Server, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Load, "is_busy", lambda _load: True)
    monkeypatch.setattr(Load, "is_full", lambda _load: False)
    hidden = request(1)
    length = 20_000 - 20_000 % len(hidden)
    # Refused by its length; what it sends on is taken all the same, and thrown away.
    connection = connect(request(0, b"")[: -len("0\r\n\r\n")] + b"%d\r\n\r\n" % length)
    refused = receive(connection)

    for _ in range(length // len(hidden)):
        connection.sendall(hidden)
    connection.sendall(request(2))
    following = receive(connection)

    assert refused[0] == 413
    assert (following[0], following[1]["x-request-id"]) == (200, "r2")


@pytest.mark.parametrize(
    "sent",
    [
        request(1) + request(2),
        request(1)[:-5],
        request(1).replace(b"Host: x", b"Connection: close"),
        request(1).replace(b"Content-Length", b"X-Content-Length"),
        request(1).replace(b"POST /v1/predictions", b"GET /livez"),
    ],
    ids=["two at once", "a part", "the last one", "no length", "a probe"],
)
@pytest.mark.parametrize("is_full", [False, True])
def test_what_is_no_single_whole_request_is_answered_as_ever(
    server: Server, connect: Connect, monkeypatch: pytest.MonkeyPatch, sent: bytes, is_full: bool
) -> None:
    monkeypatch.setattr(Load, "is_busy", lambda _load: True)
    monkeypatch.setattr(Load, "is_full", lambda _load: is_full)

    connection = connect(sent)
    if sent == request(1)[:-5]:
        connection.sendall(request(1)[-5:])
    status, _, _ = receive(connection)

    assert status in ((200, 400, 503) if is_full else (200, 400))


def test_many_slow_bodies_keep_no_single_film_from_its_answer(
    server: Server, connect: Connect, monkeypatch: pytest.MonkeyPatch, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    monkeypatch.setattr("cinecote_api.server.shedding.MOST_UNDER_WAY", 20)
    slow = batch_of(b" " * 99)[:-90]
    dawdling = [connect(slow) for _ in range(CALLERS)]
    dawdling += [connect(request(number)[:-3]) for number in range(CALLERS)]

    def is_full() -> bool:
        # One more at each try: the 20th request may have been another, which ended, and all after it were refused.
        dawdling.append(connect(slow))
        return server.client.post("/v1/predictions/batch", json={"films": []}).status_code == 503

    eventually(is_full)

    single = server.client.post("/v1/predictions", json={"budget": 30e6})
    probes = [server.client.get(path).status_code for path in ("/livez", "/readyz")]

    assert (single.status_code, probes) == (200, [200, 200])


def test_more_batches_than_can_wait_are_refused_and_single_films_answered(
    server: Server, connect: Connect, monkeypatch: pytest.MonkeyPatch, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    monkeypatch.setattr("cinecote_api.predictions.batch_workers._MOST_WAITING", 3)
    usual = ServedModel.probabilities
    go_on: list[bool] = []

    def held(model: ServedModel, films: Any) -> Any:
        eventually(lambda: bool(go_on))
        return usual(model, films)

    monkeypatch.setattr(ServedModel, "probabilities", held)
    body = b'{"films": [%b]}' % FILM
    callers = [connect(batch_of(body)) for _ in range(8)]

    single = server.client.post("/v1/predictions", json={"budget": 30e6})
    probe = server.client.get("/livez")
    eventually(lambda: len(select.select(callers, [], [], 0)[0]) == 5)
    go_on.append(True)
    answers = [receive(caller) for caller in callers]

    assert (single.status_code, probe.status_code) == (200, 200)
    assert sorted(status for status, _, _ in answers) == [200] * 3 + [503] * 5
    assert all(headers["retry-after"] for status, headers, _ in answers if status == 503)
