"""The command itself as a process of its own."""

import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import httpx2

COMMAND = [sys.executable, "-c", "from cinecote_api.main import main; main()"]


def environment_in(folder: Path) -> dict[str, str]:
    """Settings of a process that has all its files in `folder`, on a port that is free."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder / "home"),
        "DATABASE_URL": f"sqlite:///{folder}/cinecote.db",
        "MLFLOW_TRACKING_URI": f"sqlite:///{folder}/mlflow.db",
        "CINECOTE_MODEL_DIR": str(folder / "served"),
        "CINECOTE_API_PORT": "0",
        "CINECOTE_REGISTRY_POLL_S": "0.2",
        "CINECOTE_LOG_FORMAT": "json",
    }


class Process:
    """A running `cinecote-api`, once it listens."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(COMMAND, env=environment, stderr=subprocess.PIPE, text=True)
        assert self.process.stderr is not None
        self.port = next(said["port"] for said in map(json.loads, self.process.stderr) if said["event"] == "listening")
        self.ended: tuple[int, str] | None = None
        self.client = httpx2.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=20)
        # Read as it comes: a process whose lines nobody reads stands still once the pipe is full.
        self._said: list[str] = []
        self._listener = threading.Thread(target=self._said.extend, args=(self.process.stderr,))
        self._listener.start()

    def is_ready(self) -> bool:
        return self.client.get("/readyz").status_code == 200

    def connect(self, sent: bytes) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        connection.sendall(sent)
        return connection

    def stop(self) -> tuple[int, str]:
        """How it ended on SIGTERM, and what it said since it listened."""
        if self.ended is None:
            self.client.close()
            self.process.terminate()
            self.process.wait(timeout=20)
            self._listener.join()
            assert self.process.stderr is not None
            self.process.stderr.close()
            self.ended = self.process.returncode, "".join(self._said)
        return self.ended
