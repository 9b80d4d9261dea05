"""Tables over real connections: clients that leave, that are slow, and that are too many."""

import asyncio
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.requests import ClientDisconnect
from starlette.testclient import TestClient
from starlette.types import Message, Scope

from cinecote_api.csv_batch import upload
from cinecote_api.csv_batch.answer import UploadAnswer
from cinecote_api.csv_batch.upload import Upload
from cinecote_api.predictions.batch_workers import BatchWorkers

from .servers import Server

CSV = {"Content-Type": "text/csv"}
TABLE = b"title,budget,runtime\n" + b"".join(b"%s,5000000,90\n" % (b"x" * 200) for _ in range(100_000))


class Uploading(Server):
    """An API with a model, to which tables are sent."""

    def begin(self, body: bytes, length: int | None = None) -> socket.socket:
        """A connection on which `body`, said to be of this `length`, has been sent."""
        head = b"POST /v1/predictions/batch HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nContent-Length: %d\r\n\r\n"
        return self.connect(head % (length or len(body)) + body)

    def answered(self) -> float:
        lines = self.client.get("/metrics").text.splitlines()
        return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith("cinecote_predictions_total"))


@pytest.fixture
def server(
    registry: Any, make_model: Callable[..., Path], make_client: Callable[..., TestClient], tmp_path: Path,
    eventually: Callable[[Callable[[], bool]], None],
) -> Iterator[Uploading]:  # fmt: skip
    registry.promote(make_model(tmp_path / "model"), 1)
    server = Uploading(make_client(tmp_path))
    eventually(lambda: server.client.get("/readyz").status_code == 200)
    yield server
    server.close()


def _open_files() -> int:
    """How many files without a name the process has open."""
    count = 0
    for file in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            count += "(deleted)" in str(file.readlink())
    return count


def test_a_client_that_leaves_ends_the_work_and_leaves_nothing_behind(
    server: Uploading, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    before = _open_files()
    connection = server.begin(TABLE)
    taken = 0
    while taken < 1_000_000:
        taken += len(connection.recv(65_536))

    connection.close()
    eventually(lambda: _open_files() == before)

    assert 0 < server.answered() < 100_000
    # The rows that a thread had in hand are still scored and counted.
    eventually(lambda: _rests(server))
    assert server.answered() < 100_000


def _rests(server: Uploading) -> bool:
    """Whether no row is answered for longer than a thread has some in hand."""
    before = server.answered()
    time.sleep(0.5)
    return server.answered() == before


def test_a_client_that_takes_nothing_is_left_after_a_while(
    server: Uploading, eventually: Callable[[Callable[[], bool]], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cinecote_api.csv_batch.answer.SECONDS_TO_TAKE", 0.2)
    before = _open_files()
    connection = server.begin(TABLE)
    assert connection.recv(1000).startswith(b"HTTP/1.1 200")

    eventually(lambda: _open_files() == before)

    assert server.answered() < 100_000
    connection.close()


def test_a_client_that_takes_little_at_a_time_is_left_though_it_never_takes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("cinecote_api.csv_batch.answer.SECONDS_TO_TAKE", 0.3)
    workers, taken = BatchWorkers(), list[Message]()
    scope: Scope = {"type": "http", "asgi": {"spec_version": "2.4"}}
    held = ExitStack()
    table = Upload(held.enter_context(tempfile.TemporaryFile()), held)  # noqa: SIM115 (the answer closes it)

    async def receive() -> Message:
        await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    async def take(message: Message) -> None:
        await asyncio.sleep(0.03)
        taken.append(message)

    answer = UploadAnswer(table, iter([b"film\n"] * 100), workers, "text/csv", {})
    with pytest.raises(ClientDisconnect):
        asyncio.run(answer(scope, receive, take))
    workers.close()

    assert len(taken) < 100


def test_one_upload_too_many_is_told_to_come_back_and_is_taken_once_another_has_ended(
    server: Uploading, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    before = _open_files()
    waiting = [server.begin(b"budget\n", length=1000) for _ in range(upload.MOST_UPLOADS)]
    eventually(lambda: _open_files() == before + upload.MOST_UPLOADS)

    def status() -> int:
        return server.client.post("/v1/predictions/batch", content=b"budget\n5000\n", headers=CSV).status_code

    refused = server.client.post("/v1/predictions/batch", content=b"budget\n5000\n", headers=CSV)
    batch = server.client.post("/v1/predictions/batch", json={"films": [{"budget": 5e6}]})
    waiting[0].close()
    eventually(lambda: status() == 200)

    assert refused.json()["type"] == "urn:cinecote:problem:busy"
    assert int(refused.headers["Retry-After"]) > 0
    assert batch.status_code == 200
    for connection in waiting[1:]:
        connection.close()


def test_a_table_that_does_not_arrive_in_time_is_no_longer_waited_for(
    server: Uploading, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload, "_SECONDS_TO_ARRIVE", 0.2)

    connection = server.begin(b"budget\n", length=1000)

    assert connection.recv(1000).startswith(b"HTTP/1.1 408")
    connection.close()


def test_where_there_is_no_room_for_a_table_it_is_told_to_come_back(
    server: Uploading, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "no such folder"))

    answer = server.client.post("/v1/predictions/batch", content=b"budget\n5000\n", headers=CSV)

    assert (answer.status_code, answer.json()["type"]) == (503, "urn:cinecote:problem:busy")
    assert int(answer.headers["Retry-After"]) > 0


def test_single_predictions_are_answered_while_a_table_is_scored(server: Uploading) -> None:
    ended = threading.Event()

    def score() -> None:
        answer = server.client.post("/v1/predictions/batch", content=TABLE, headers=CSV)
        assert answer.content.count(b"\n") == 100_001
        ended.set()

    scoring = threading.Thread(target=score)
    times: list[float] = []
    statuses: set[int] = set()
    with httpx2.Client(base_url=server.client.base_url, timeout=60) as client:
        scoring.start()
        while not ended.is_set():
            begun = time.monotonic()
            statuses.add(client.post("/v1/predictions", json={"budget": 5e6}).status_code)
            times.append(time.monotonic() - begun)
    scoring.join()

    assert statuses == {200}
    assert len(times) > 20
    assert sorted(times)[len(times) // 2] < 0.25
