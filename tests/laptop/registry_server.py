"""An MLflow server in the place of a story's SQLite file."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
from tests.ports import free_port


@dataclass(frozen=True)
class RegistryServer:
    """A server, and the SQLite file that it keeps its tables in."""

    address: str
    database: Path


@contextmanager
def serving(folder: Path) -> Iterator[RegistryServer]:
    """A real MLflow server that keeps and serves the artifacts itself."""
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
        yield RegistryServer(address, folder / "mlflow.db")
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
