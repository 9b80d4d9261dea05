"""Fifty champions one after the other, on a socket, while a hundred requests a second come in."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import pytest

from cinecote.features import read_film
from cinecote.films import CATEGORIES
from cinecote.registry import GRAPH_FILE, read_manifest
from cinecote_api.models.graph import Graph

from .processes import Process, environment_in

SWAPS = 50
PER_SECOND = 100
CLIENTS = 4
FILMS: list[dict[str, float]] = [
    {"budget": 30e6},
    {"revenue": 150e6, "runtime": 121},
    {"vote_count": 5200, "budget": 1e6, "runtime": 90},
]
BATCH = FILMS * 20


class Alone:
    """What one model answers, asked directly: a row's last digit depends on how many are asked at once."""

    def __init__(self, folder: Path) -> None:
        self._names = read_manifest(folder).inputs
        self._graph = Graph(folder / GRAPH_FILE, len(self._names))
        self.singles = [self._ask([film])[0] for film in FILMS]
        self.batch = self._ask(BATCH)

    def _ask(self, films: list[dict[str, float]]) -> list[dict[str, float]]:
        read = [read_film(film) for film in films]
        rows = np.array([[film[name] for name in self._names] for film in read])
        return [dict(zip(CATEGORIES, row, strict=True)) for row in self._graph.run(rows).tolist()]


class Load:
    """Clients that together ask so many times a second, whatever the answers take, and keep what they got."""

    def __init__(self, port: int) -> None:
        self._address = f"http://127.0.0.1:{port}"
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(number,)) for number in range(CLIENTS)]
        self.answers: list[tuple[int, Any]] = []
        self.batches: list[Any] = []
        self.failures: list[str] = []
        self.seconds = 0.0

    def __enter__(self) -> "Load":
        self._began = time.monotonic()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()
        self.seconds = time.monotonic() - self._began

    def _run(self, number: int) -> None:
        with httpx2.Client(base_url=self._address, timeout=20) as client:
            for count in range(10**6):
                due = self._began + (count * CLIENTS + number) / PER_SECOND
                if self._ended.wait(max(0.0, due - time.monotonic())):
                    return
                self._ask(client, count)

    def _ask(self, client: httpx2.Client, count: int) -> None:
        film = count % len(FILMS)
        try:
            if count % 10 == 9:
                answer = client.post("/v1/predictions/batch", json={"films": BATCH})
                self.batches.append(answer.raise_for_status())
            else:
                answer = client.post("/v1/predictions", json=FILMS[film])
                self.answers.append((film, answer.raise_for_status()))
        except httpx2.HTTPError as error:
            self.failures.append(f"{type(error).__name__}: {error}")


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    process = Process(environment_in(tmp_path) | {"CINECOTE_REGISTRY_POLL_S": "0.05"})
    yield process
    process.stop()


def test_fifty_swaps_under_load_lose_no_request_and_mix_no_versions(
    process: Process, registry: Any, make_model: Callable[..., Path], tmp_path: Path,
    eventually: Callable[[Callable[[], bool]], None],
) -> None:  # fmt: skip
    folders = {version: make_model(tmp_path / f"v{version}", seed=version) for version in range(1, SWAPS + 2)}
    registry.promote(folders[1], 1)
    eventually(process.is_ready)

    with Load(process.port) as load:
        for version in range(2, SWAPS + 2):
            registry.promote(folders[version], version)
            eventually(lambda version=version: _served(process) == str(version))  # type: ignore[misc]

    alone = {str(version): Alone(folder) for version, folder in folders.items()}
    assert load.failures == []
    assert len(load.answers) + len(load.batches) >= 0.9 * PER_SECOND * load.seconds
    for film, answer in load.answers:
        assert answer.json()["probabilities"] == alone[_version(answer)].singles[film]
    for batch in load.batches:
        told = [film["probabilities"] for film in batch.json()["predictions"]]
        assert told == alone[_version(batch)].batch
    assert len({_version(answer) for _, answer in load.answers}) > SWAPS / 2


def _served(process: Process) -> str:
    return str(process.client.get("/v1/model").json()["version"])


def _version(answer: Any) -> str:
    version = str(answer.json()["model"]["version"])
    assert answer.headers["X-Model-Version"] == version
    return version
