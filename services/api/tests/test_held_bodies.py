"""What bodies may take of the memory, all together."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from cinecote_api import held_bodies
from cinecote_api.held_bodies import HeldBody
from cinecote_api.predictions.batch import read_batch
from cinecote_api.problems.problems import Problem

from .servers import Server

Eventually = Callable[[Callable[[], bool]], None]
JSON = {"Content-Type": "application/json"}
BATCH = b'{"films": [{"budget": 30000000}]}'.ljust(60_000)


@pytest.fixture
def server(
    registry: Any, make_model: Callable[..., Path], make_client: Callable[..., TestClient], tmp_path: Path,
    eventually: Eventually, monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Server]:  # fmt: skip
    """One that has room for one body of 60,000 bytes, and not for two."""
    monkeypatch.setattr(held_bodies, "MOST_HELD", 100_000)
    registry.promote(make_model(tmp_path / "model"), 1)
    server = Server(make_client(tmp_path))
    eventually(lambda: server.client.get("/readyz").status_code == 200)
    yield server
    server.close()


def ask(server: Server, path: str = "/v1/predictions/batch") -> Any:
    return server.client.post(path, content=BATCH, headers=JSON)


@pytest.mark.parametrize("path", ["/v1/predictions/batch", "/v2/models/film-category/infer"])
def test_bodies_that_never_end_leave_no_room_for_others_until_they_are_gone(
    server: Server, eventually: Eventually, path: str
) -> None:
    head = b"POST %b HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 4000000\r\n\r\n"
    unfinished = server.connect(head % path.encode() + BATCH)
    eventually(lambda: HeldBody.held >= len(BATCH))

    refused, single = ask(server, path), server.client.post("/v1/predictions", json={"budget": 30e6})
    unfinished.close()
    eventually(lambda: HeldBody.held == 0)
    answered = ask(server)

    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) > 0
    assert single.status_code == answered.status_code == 200


def test_a_body_counts_until_it_is_answered(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    working, go_on = threading.Event(), threading.Event()

    def slowly(*asked: Any) -> Any:
        working.set()
        assert go_on.wait(60)
        return read_batch(*asked)

    monkeypatch.setattr("cinecote_api.routes.predictions.read_batch", slowly)
    answers: list[Any] = []
    first = threading.Thread(target=lambda: answers.append(ask(server)))
    first.start()
    assert working.wait(60)

    answers.append(ask(server))
    go_on.set()
    first.join()
    answers.append(ask(server))

    assert [answer.status_code for answer in answers] == [503, 200, 200]


def test_what_was_refused_takes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held_bodies, "MOST_HELD", 10)

    with HeldBody() as body:
        body.take(8)
        with pytest.raises(Problem):
            body.take(3)

        assert HeldBody.held == 8
    assert HeldBody.held == 0
