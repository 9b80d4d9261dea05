"""Connections that are kept for nothing, and those that only look so."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import cast

import pytest
from starlette.testclient import TestClient

from cinecote_api.server.load import Load
from cinecote_api.server.quick_protocol import QuickProtocol

from .servers import Server

FILM = b'{"budget": 30000000}'
JSON = b"Host: x\r\nContent-Type: application/json\r\n"
SINGLE = b"POST /v1/predictions HTTP/1.1\r\n%bContent-Length: %d\r\n\r\n%b" % (JSON, len(FILM), FILM)
BATCH = b"POST /v1/predictions/batch HTTP/1.1\r\n%bContent-Length: 13\r\n\r\n" % JSON
PROBE = b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"
BYTES_KEPT = 8192
MOST_SENT = 20_000_000


def narrow(connection: socket.socket) -> None:
    for direction in (socket.SO_SNDBUF, socket.SO_RCVBUF):
        connection.setsockopt(socket.SOL_SOCKET, direction, BYTES_KEPT)


class Narrow(Server):
    """A server between which and its callers next to nothing is on its way."""

    def __init__(self, client: TestClient) -> None:
        super().__init__(client)
        narrow(self._listening)
        self._opened = ExitStack()

    def deaf(self) -> tuple[socket.socket, QuickProtocol]:
        """A connection whose other end takes little before it is read, and what the server has of it."""
        connection = self._opened.enter_context(socket.socket())
        narrow(connection)
        connection.settimeout(60)
        connection.connect(self._listening.getsockname())
        connection.sendall(PROBE)
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200")
        [protocol] = self._server.server_state.connections
        assert isinstance(protocol, QuickProtocol)
        return connection, protocol

    def close(self) -> None:
        self._opened.close()
        super().close()


@pytest.fixture
def server(tmp_path: Path, make_client: Callable[..., TestClient]) -> Iterator[Narrow]:
    server = Narrow(make_client(tmp_path))
    yield server
    server.close()


@pytest.fixture
def hasty(tmp_path: Path, make_client: Callable[..., TestClient], monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server that keeps no connection without a request for longer than half a second."""
    monkeypatch.setattr("cinecote_api.server.process._SECONDS_KEPT_ALIVE", 0.5)
    server = Server(make_client(tmp_path))
    yield server
    server.close()


def ask_until(connection: socket.socket, has_come: Callable[[], bool], request: bytes = SINGLE) -> int:
    """Sends requests without reading an answer; how many were sent whole."""
    sent = 0
    connection.settimeout(0.05)
    while not has_come() and sent < MOST_SENT:
        with suppress(TimeoutError):
            sent += connection.send((request * 100)[sent % len(request) :])
    connection.settimeout(60)
    return sent // len(request)


def receive(connection: socket.socket, mark: bytes, most: int) -> int:
    """How often the mark arrives until the connection ends, or until it has come `most` times."""
    seen, rest = 0, b""
    while seen < most and (part := connection.recv(65_536)):
        *whole, rest = (rest + part).split(mark)
        seen += len(whole)
    return seen


def test_who_takes_no_answers_is_read_no_further_and_gets_each_of_them_afterwards(server: Narrow) -> None:
    connection, protocol = server.deaf()

    asked = ask_until(connection, lambda: protocol.flow.read_paused)
    kept = protocol.transport.get_write_buffer_size()

    assert kept < 500_000
    assert receive(connection, b"urn:cinecote:problem:no-model", asked) == asked


def test_who_takes_no_answers_for_long_is_hung_up_on(server: Narrow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cinecote_api.server.watching.SECONDS_TO_TAKE", 0.1)
    connection, protocol = server.deaf()

    with suppress(ConnectionError):
        ask_until(connection, lambda: not server_has(server, protocol))

    assert not server_has(server, protocol)


def server_has(server: Server, protocol: QuickProtocol) -> bool:
    return protocol in server._server.server_state.connections


@pytest.mark.parametrize("is_full", [False, True])
def test_who_takes_no_refusals_is_read_no_further(
    server: Narrow, monkeypatch: pytest.MonkeyPatch, is_full: bool, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    away, back = list[Load](), list[Load]()

    def send_away(load: Load) -> float:
        away.append(load)
        return 0.001

    def come_back(load: Load) -> None:
        back.append(load)

    monkeypatch.setattr("cinecote_api.server.shedding.MOST_UNDER_WAY", 0)
    monkeypatch.setattr(Load, "is_full", lambda _load: is_full)
    monkeypatch.setattr(Load, "send_away", send_away)
    monkeypatch.setattr(Load, "come_back", come_back)
    connection, protocol = server.deaf()

    refused = SINGLE.replace(b"/v1/predictions", b"/v1/predictions/batch")
    ask_until(connection, lambda: protocol.flow.write_paused, refused)
    eventually(lambda: len(back) == len(away))

    assert protocol.flow.read_paused
    refusals = len(away)
    assert receive(connection, b"HTTP/1.1 503", refusals) >= refusals
    eventually(lambda: not protocol.flow.read_paused)


@pytest.mark.parametrize(
    ("sent", "answer", "more"),
    [
        (b"", b"", b""),
        (PROBE.replace(b"\r\n\r\n", b"\r\nContent-Length: 9\r\n\r\n"), b"HTTP/1.1 200", b"x"),
        (BATCH.replace(b": 13", b": 9999999"), b"HTTP/1.1 413", b"x"),
    ],
    ids=["nothing is asked", "a body that nobody asked for", "a body too large"],
)
def test_a_connection_on_which_nothing_is_to_be_done_is_closed(
    hasty: Server, sent: bytes, answer: bytes, more: bytes
) -> None:
    with hasty.connect(sent) as connection:
        if answer:
            assert connection.recv(65_536).startswith(answer)
        connection.sendall(more)

        assert ends(connection)


def test_a_new_connection_takes_the_place_of_the_one_idle_longest(
    server: Narrow, monkeypatch: pytest.MonkeyPatch, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    monkeypatch.setattr("cinecote_api.server.watching.MOST_CONNECTIONS", 3)
    with server.connect(BATCH) as busy, server.connect() as idle, ExitStack() as opened:
        eventually(lambda: (connections(server), needed(server)) == (2, 1))
        used = opened.enter_context(server.connect(PROBE))
        assert used.recv(65_536).startswith(b"HTTP/1.1 200")

        with server.connect(PROBE) as new:
            assert new.recv(65_536).startswith(b"HTTP/1.1 200")
            assert ends(idle)
            for kept, rest, status in ((used, PROBE, b"200"), (busy, b'{"films": []}', b"503")):
                kept.sendall(rest)
                assert kept.recv(65_536).startswith(b"HTTP/1.1 " + status)


def connections(server: Server) -> int:
    return len(server._server.server_state.connections)


def needed(server: Server) -> int:
    return sum(cast("QuickProtocol", each).is_needed() for each in server._server.server_state.connections)


def test_where_all_connections_are_needed_a_new_one_is_closed(
    server: Narrow, monkeypatch: pytest.MonkeyPatch, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    monkeypatch.setattr("cinecote_api.server.watching.MOST_CONNECTIONS", 2)
    with server.connect(BATCH) as first, server.connect(BATCH) as second:
        eventually(lambda: needed(server) == 2)

        with server.connect(PROBE) as new:
            assert ends(new)
        for kept in (first, second):
            kept.sendall(b'{"films": []}')
            assert kept.recv(65_536).startswith(b"HTTP/1.1 503")


def test_a_refused_request_s_body_is_not_waited_for_without_end(hasty: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cinecote_api.server.shedding.MOST_UNDER_WAY", 0)

    with hasty.connect(BATCH + b"{") as connection:
        assert ends(connection)


def test_a_request_that_takes_longer_than_a_connection_is_kept_is_answered(hasty: Server) -> None:
    with hasty.connect(BATCH) as connection:
        for part in (b'{"fil', b'ms": [', b"]}"):
            time.sleep(0.6)
            connection.sendall(part)

        assert connection.recv(65_536).startswith(b"HTTP/1.1 503")


def ends(connection: socket.socket) -> bool:
    """Whether the other side hangs up, whatever it says before."""
    with suppress(ConnectionError):
        while connection.recv(65_536):
            pass
    return True


def test_heads_are_measured_alone_however_many_requests_come_at_once(server: Narrow) -> None:
    asked = PROBE * 3000
    with server.connect(asked + PROBE[:9]) as connection:
        connection.sendall(PROBE[9:])

        assert receive(connection, b"HTTP/1.1 200", 3001) == 3001
