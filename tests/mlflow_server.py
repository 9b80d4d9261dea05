"""A real MLflow server, for the time of a block."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from tests.ports import free_port


@contextmanager
def mlflow_server(folder: Path, python: Path = Path(sys.executable)) -> Iterator[str]:
    """The address of a server of the MLflow in `python`'s environment, with its tables and artifacts in `folder`."""
    address = f"http://127.0.0.1:{free_port()}"
    command = [
        *(str(python), "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", address.rpartition(":")[2]),
        *("--workers", "1", "--backend-store-uri", f"sqlite:///{folder}/mlflow.db"),
        *("--artifacts-destination", str(folder / "artifacts")),
    ]
    environment = os.environ | {
        # The server's own jobs, which nothing here asks for, take seven more processes and half of its start.
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "HOME": str(folder),
        # MLflow 2 looks for gunicorn there.
        "PATH": f"{python.parent}:{os.environ['PATH']}",
    }
    with (folder / "log").open("wb") as log:
        running = subprocess.Popen(command, stdout=log, stderr=log, env=environment, start_new_session=True)
    try:
        _wait_until_healthy(address, running, folder / "log")
        yield address
    finally:
        os.killpg(running.pid, signal.SIGKILL)
        running.wait(timeout=60)


def _wait_until_healthy(address: str, running: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and running.poll() is None:
        try:
            with urlopen(f"{address}/health", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.2)
    pytest.fail(log.read_text()[-2_000:])
