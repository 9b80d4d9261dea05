"""Bodies that lie about themselves, which only a real connection can show."""

import json
import re
import socket
from collections.abc import Callable, Iterator

import pytest
from starlette.testclient import TestClient

from cinecote_api.server.shedding import SheddingProtocol

from .servers import Server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, make_client: Callable[..., TestClient]) -> Iterator[Server]:
    server = Server(make_client(tmp_path_factory.mktemp("api")))
    yield server
    server.close()


@pytest.mark.parametrize("call", ["/v1/predictions", "/v1/predictions/batch"])
def test_a_body_without_an_end_is_cut_off_at_its_limit(server: Server, call: str) -> None:
    chunk = b"%x\r\n%s\r\n" % (100_000, b" " * 100_000)
    connection = server.connect(_head(None, call) + b"Transfer-Encoding: chunked\r\n\r\n")

    sent = _send_until_cut_off(connection, chunk)
    answer = _receive(connection)

    assert answer.startswith(b"HTTP/1.1 413")
    assert sent < 50_000_000


def test_a_large_body_that_was_announced_is_refused_unread(server: Server) -> None:
    connection = server.connect(_head(50_000_000) + b"Expect: 100-continue\r\n\r\n")

    answer = _receive(connection, b"}")

    assert answer.startswith(b"HTTP/1.1 413")


def test_a_client_that_sends_a_large_body_all_the_same_reads_why_it_was_refused(server: Server) -> None:
    answer = server.client.post(
        "/v1/predictions", content=b" " * 10_000_000, headers={"Content-Type": "application/json"}
    )
    following = server.client.get("/livez")

    assert answer.status_code == 413
    assert following.status_code == 200


def test_what_follows_a_body_longer_than_announced_is_no_request(server: Server) -> None:
    connection = server.connect(_head(2) + b"\r\n{}" + b"x" * 100_000)

    answer = _receive(connection)
    following = server.client.get("/livez")

    assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 422"))
    assert following.status_code == 200


@pytest.mark.parametrize(
    "sent",
    [b"\x16\x03\x01\x02\x00\r\n\r\n", b"FOO /livez HTTP/1.1\r\nHost: x\r\n\r\n"],
    ids=["another protocol", "no method"],
)
def test_what_is_no_http_is_told_so_by_a_problem(server: Server, sent: bytes) -> None:
    head, _, body = _receive(server.connect(sent)).partition(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"content-type: application/problem+json" in head.lower().splitlines()
    assert json.loads(body)["type"] == "urn:cinecote:problem:malformed-request"


@pytest.mark.parametrize(
    "sent",
    [b"GET /" + b"a" * 100_000, b"GET /livez HTTP/1.1\r\n" + b"Name: value\r\n" * 10_000],
    ids=["address", "headers"],
)
def test_a_head_without_an_end_is_cut_off(server: Server, sent: bytes) -> None:
    head, _, body = _receive(server.connect(sent)).partition(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 431 ")
    assert json.loads(body)["type"] == "urn:cinecote:problem:head-too-large"


def test_a_head_that_does_not_come_is_not_waited_for(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cinecote_api.server.protocol._SECONDS_FOR_HEAD", 0.05)

    answer = _receive(server.connect(b"GET /livez HTTP/1.1\r\nHost: x\r\nNa"))

    assert answer.startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize(
    ("sent", "status", "request_id"),
    [
        (b"FOO /livez HTTP/1.1\r\nHost: x\r\n\r\n", 400, rb"[0-9a-f]{32}"),
        (b"GET /livez HTTP/1.1\r\nX-Request-ID: mine\r\nNa", 408, rb"mine"),
        (b"GET /" + b"a" * 100_000, 431, rb"[0-9a-f]{32}"),
    ],
)
def test_what_is_refused_before_it_is_a_request_is_recorded_and_has_an_id(
    server: Server, monkeypatch: pytest.MonkeyPatch, sent: bytes, status: int, request_id: bytes
) -> None:
    monkeypatch.setattr("cinecote_api.server.protocol._SECONDS_FOR_HEAD", 0.05)
    before = _recorded(server, status)

    connection = server.connect(b"GET /livez HTTP/1.1\r\nX-Request-ID: earlier\r\n\r\n")
    assert b"x-request-id: earlier" in connection.recv(65_536)
    connection.sendall(sent)
    head = _receive(connection).partition(b"\r\n\r\n")[0]

    assert head.startswith(b"HTTP/1.1 %d " % status)
    assert re.search(rb"\r\nx-request-id: %b(\r\n|$)" % request_id, head)
    assert _recorded(server, status) == before + 1


def _recorded(server: Server, status: int) -> float:
    """How many requests that led nowhere were answered so."""
    labels = f'{{method="other",route="unknown",status="{status}"}} '
    found = re.search(f"http_request_duration_seconds_count{re.escape(labels)}(.*)", server.client.get("/metrics").text)
    return float(found[1]) if found else 0.0


def test_a_head_that_comes_in_pieces_is_answered(server: Server) -> None:
    connection = server.connect(b"GET /livez HT")
    for part in (b"TP/1.1\r\nHo", b"st: x\r\n", b"\r", b"\n"):
        connection.sendall(part)

    assert _receive(connection).startswith(b"HTTP/1.1 200 ")


def test_too_much_work_under_way_is_refused_and_neither_probes_nor_what_takes_one_step_are(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cinecote_api.server.shedding.MOST_UNDER_WAY", 1)
    before = SheddingProtocol.shed
    # Asked to go on, it is under way; until then a later request may be read before it.
    waiting = server.connect(_head(2) + b"Expect: 100-continue\r\n\r\n")
    assert waiting.recv(100).startswith(b"HTTP/1.1 100")
    assert server.client.get("/livez").status_code == 200

    refused = server.client.post("/v1/predictions/batch", json={"films": []}, headers={"X-Request-ID": "mine"})
    single = server.client.post("/v1/predictions", json={"budget": 1e6})
    tensor = server.client.post("/v2/models/film-category/infer", json={})
    probe = server.client.get("/readyz")
    waiting.sendall(b"{}")
    _receive(waiting)
    monkeypatch.undo()
    following = server.client.post("/v1/predictions", json={"budget": 1e6})

    assert refused.status_code == 503
    assert refused.json()["type"] == "urn:cinecote:problem:busy"
    assert (refused.headers["Retry-After"], refused.headers["X-Request-ID"]) == ("2", "mine")
    assert (tensor.status_code, list(tensor.json())) == (503, ["error"])
    assert f"cinecote_requests_shed_total {before + 2:.1f}" in server.client.get("/metrics").text
    assert single.json()["type"] == probe.json()["type"] == following.json()["type"] == "urn:cinecote:problem:no-model"


def test_a_body_shorter_than_announced_holds_up_nobody(server: Server) -> None:
    connection = server.connect(_head(1000) + b"\r\n{}")
    others = server.client.get("/livez")
    connection.close()
    following = server.client.get("/livez")

    assert [others.status_code, following.status_code] == [200, 200]


def _head(length: int | None, call: str = "/v1/predictions") -> bytes:
    announced = "" if length is None else f"Content-Length: {length}\r\n"
    return f"POST {call} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{announced}".encode()


def _receive(connection: socket.socket, end: bytes = b"}") -> bytes:
    """What arrives until an answer's body has ended."""
    arrived = b""
    while not (b"\r\n\r\n" in arrived and arrived.endswith(end)):
        part = connection.recv(65_536)
        if not part:
            break
        arrived += part
    connection.close()
    return arrived


def _send_until_cut_off(connection: socket.socket, chunk: bytes) -> int:
    """Bytes that were sent before the other side hung up, half a gigabyte at most."""
    sent = 0
    while sent < 500_000_000:
        try:
            connection.sendall(chunk)
        except (ConnectionResetError, BrokenPipeError):
            break
        sent += len(chunk)
    return sent
