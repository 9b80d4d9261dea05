"""The same story with an MLflow server in the place of its SQLite file."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from tests.ports import free_port

from .stories import READY, Laptop


@pytest.fixture
def registry_server(tmp_path: Path) -> Iterator[str]:
    """A real MLflow server that keeps and serves the artifacts itself."""
    folder = tmp_path / "mlflow"
    folder.mkdir()
    address = f"http://127.0.0.1:{(port := free_port())}"
    command = [
        *(str(Path(sys.executable).parent / "mlflow"), "server", "--host", "127.0.0.1", "--port", str(port)),
        *("--backend-store-uri", f"sqlite:///{folder}/mlflow.db", "--workers", "1"),
        *("--serve-artifacts", "--artifacts-destination", str(folder / "artifacts")),
    ]
    # The server's own jobs, which nothing here asks for, take seven more processes and half of its start.
    environment = {**os.environ, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    try:
        _wait(f"{address}/health", server)
        yield address
    finally:
        server.terminate()
        server.wait(30)


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 120
    while True:
        assert server.poll() is None
        assert time.monotonic() < deadline
        try:
            if httpx2.get(address).is_success:
                return
        except httpx2.TransportError:
            time.sleep(0.2)


def test_an_mlflow_server_is_trained_into_and_served_from(registry_server: str, tmp_path: Path) -> None:
    folder = tmp_path / "laptop"
    folder.mkdir()
    laptop = Laptop(folder, settings={"MLFLOW_TRACKING_URI": registry_server})

    with laptop.tell() as story:
        story.wait_for(READY)
        card = httpx2.get(f"{laptop.api}/v1/model").raise_for_status().json()

    alias = httpx2.get(
        f"{registry_server}/api/2.0/mlflow/registered-models/alias",
        params={"name": "film-category", "alias": "champion"},
    ).raise_for_status()
    assert alias.json()["model_version"]["version"] == card["version"]
    assert not (folder / "var/mlflow.db").exists()
