"""A prediction that the server answers itself is the application's, to the last byte."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from cinecote_api.access.keys import make_key
from cinecote_api.predictions.film_prediction import LARGEST_FILM

from .servers import Server

FILM = b'{"revenue": 150e6, "budget": 30e6, "vote_count": 5200, "runtime": 121}'
JSON = {"Content-Type": "application/json"}
TOKEN, KEY = make_key("partner", ["predict"])
BEARER = {"Authorization": f"Bearer {TOKEN}"}
HEAD = (
    "POST /v1/predictions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    f"Authorization: Bearer {TOKEN}\r\nContent-Length: {len(FILM)}\r\n\r\n"
).encode()
# What two answers to one request may differ in.
OWN = ("date", "x-request-id")


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, make_client: Callable[..., TestClient], make_model: Callable[..., Path],
    make_registry: Callable[[Path], Any], eventually: Any,
) -> Iterator[Server]:  # fmt: skip
    """One with a model, for whom has KEY."""
    folder = tmp_path_factory.mktemp("api")
    make_registry(folder).promote(make_model(folder / "model"), 7)
    server = Server(make_client(folder, api_keys=str(KEY)))
    eventually(lambda: server.client.get("/readyz").status_code == 200)
    yield server
    server.close()


def asked(client: httpx2.Client, headers: dict[str, str], body: bytes, *more: tuple[str, str]) -> Any:
    answer = client.post("/v1/predictions", content=body, headers=[*headers.items(), *more])
    kept = {name: value for name, value in answer.headers.items() if name not in OWN}
    return answer.status_code, kept, answer.content


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (JSON | BEARER, FILM),
        (JSON | BEARER, b'{"budget": 30e6}'),
        (JSON | BEARER, b'{"budget": 30e6, "when": "after"}'),
        (JSON | BEARER, b'{"budget": 30e6, "when": "before"}'),
        (JSON | BEARER, b'{"budget": -1, "vues": 2}'),
        (JSON | BEARER, b"{}"),
        (JSON | BEARER, b"[]"),
        (JSON | BEARER, b""),
        (JSON | BEARER, b'{"budget": NaN}'),
        (JSON | BEARER, FILM + b" " * LARGEST_FILM),
        (JSON, FILM),
        (JSON | {"Authorization": "Bearer cine_guessed"}, FILM),
        ({"Content-Type": "text/plain"} | BEARER, FILM),
        (JSON | BEARER | {"Content-Encoding": "gzip"}, FILM),
        (JSON | BEARER | {"Connection": "close"}, FILM),
    ],
)
def test_both_ways_give_one_answer(server: Server, headers: dict[str, str], body: bytes) -> None:

    # A header that stands there twice sends a request the long way.
    quick = asked(server.client, headers, body)
    long = asked(server.client, headers, body, ("X-Twice", "1"), ("X-Twice", "2"))

    assert quick == long


def test_the_request_s_id_comes_back(server: Server) -> None:

    sent = JSON | BEARER
    mine = server.client.post("/v1/predictions", content=FILM, headers=sent | {"X-Request-ID": "mine"})
    ours = {server.client.post("/v1/predictions", content=FILM, headers=sent).headers["X-Request-ID"] for _ in range(3)}

    assert mine.headers["X-Request-ID"] == "mine"
    assert len(ours) == 3


def test_a_body_in_pieces_and_requests_in_one_piece_are_answered(server: Server) -> None:
    with server.connect() as connection:
        for part in (HEAD[:30], HEAD[30:], FILM[:10], FILM[10:] + HEAD + FILM + HEAD, FILM):
            connection.sendall(part)
        arrived = b""
        while arrived.count(b'"version":"7"}}') < 3:
            arrived += connection.recv(65_536)

    assert arrived.count(b"HTTP/1.1 200 OK") == 3


def test_a_connection_is_closed_when_nothing_has_come_for_long_and_not_before(
    tmp_path: Path, make_client: Callable[..., TestClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cinecote_api.server.process._SECONDS_KEPT_ALIVE", 1)
    server = Server(make_client(tmp_path))
    try:
        with server.connect() as connection:
            for _ in range(8):
                connection.sendall(HEAD + FILM)
                assert connection.recv(65_536).startswith(b"HTTP/1.1 503")
                time.sleep(0.2)
            last = time.monotonic()

            assert connection.recv(1) == b""
            assert 0.5 < time.monotonic() - last < 30
    finally:
        server.close()
