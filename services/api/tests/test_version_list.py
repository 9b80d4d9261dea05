"""The list of versions, while the registry keeps whoever asks waiting."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from cinecote.database import connect
from cinecote.migrate import migrate
from cinecote_api.registry.registry import ListedVersion, RegistryAway
from cinecote_api.registry.sqlite import SqliteRegistry

from .servers import Server

CALLERS = 20


@pytest.fixture
def server(
    registry: Any, make_model: Callable[..., Path], make_client: Callable[..., TestClient], tmp_path: Path,
    eventually: Callable[[Callable[[], bool]], None],
) -> Iterator[Server]:  # fmt: skip
    registry.promote(make_model(tmp_path / "model"), 1)
    database = connect(f"sqlite:///{tmp_path}/cinecote.db")
    migrate(database)
    database.dispose()
    server = Server(make_client(tmp_path))
    eventually(lambda: server.client.get("/readyz").status_code == 200)
    yield server
    server.close()


@pytest.mark.parametrize(("fault", "status"), [(None, b"200"), (RegistryAway("mute"), b"503")])
def test_a_registry_that_does_not_answer_holds_up_neither_tables_nor_its_watcher(
    server: Server, monkeypatch: pytest.MonkeyPatch, eventually: Any, registry: Any, make_model: Any, tmp_path: Path,
    fault: RegistryAway | None, status: bytes,
) -> None:  # fmt: skip
    usual, asked, go_on = SqliteRegistry.versions, threading.Semaphore(0), threading.Event()
    times: list[None] = []

    def versions(self: SqliteRegistry) -> list[ListedVersion]:
        times.append(None)
        asked.release()
        assert go_on.wait(60)
        if fault:
            raise fault
        return usual(self)

    monkeypatch.setattr(SqliteRegistry, "versions", versions)
    waiting = [server.connect(b"GET /v1/models HTTP/1.1\r\nHost: x\r\n\r\n") for _ in range(CALLERS)]
    assert asked.acquire(timeout=60)

    table = server.client.post("/v1/predictions/batch", content=b"budget\n5000\n", headers={"Content-Type": "text/csv"})
    registry.promote(make_model(tmp_path / "next", seed=2), 2)
    eventually(lambda: server.client.get("/v1/model").json()["version"] == "2")
    asked_meanwhile = len(times)
    go_on.set()
    answers = [connection.recv(1000) for connection in waiting]

    assert (table.status_code, asked_meanwhile) == (200, 1)
    assert {answer.split(b" ")[1] for answer in answers} == {status}
    for connection in waiting:
        connection.close()
