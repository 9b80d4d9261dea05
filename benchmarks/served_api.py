"""A `cinecote-api` of its own for a benchmark: a model trained on the built-in sample, on a port of its own."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

COMMANDS = Path(sys.executable).parent
SECONDS_TO_START = 30


class ServedApi:
    """A running api that has answered, and what its process takes."""

    def __init__(self, process: subprocess.Popen[str], port: int, log: Path) -> None:
        self._process = process
        self.port = port
        self.log = log
        self.client = httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=120)

    @property
    def model(self) -> str:
        """What answers, and by which inputs."""
        card = self.client.get("/v1/model").json()
        return f"{card['name']} {card['version']}, {', '.join(card['inputs'])}"

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def processor(self) -> float:
        """Seconds of processor time so far."""
        # The name, in brackets, is the one field that may hold blanks.
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self, line: str = "VmRSS") -> float:
        """MB resident now, or with VmHWM the most since `forget_peak`."""
        status = Path(f"/proc/{self._process.pid}/status").read_text().splitlines()
        return next(int(said.split()[1]) / 1024 for said in status if said.startswith(f"{line}:"))

    def forget_peak(self) -> None:
        Path(f"/proc/{self._process.pid}/clear_refs").write_text("5")

    def logged(self, event: str) -> dict[str, object] | None:
        """The last line of the log that tells this event."""
        said = [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]
        return next((line for line in reversed(said) if line["event"] == event), None)


@contextmanager
def served_api(site: Path | None, films: Path | None = None) -> Iterator[ServedApi]:
    """An api on the registry in `site`, made and removed again where it is None, and on the films in that database."""
    with tempfile.TemporaryDirectory(prefix="cinecote-bench-") as folder:
        if site is None:
            site = Path(folder)
            prepare(site)
        environment = surroundings(site, films or site / "cinecote.db")
        environment |= {"CINECOTE_MODEL_DIR": f"{folder}/served", "CINECOTE_API_PORT": "0"}
        environment |= {"CINECOTE_LOG_FORMAT": "json", "CINECOTE_LOG_LEVEL": "INFO"}
        log = Path(folder) / "api.log"
        with log.open("w") as written:
            process = subprocess.Popen([COMMANDS / "cinecote-api"], env=environment, stderr=written, text=True)
        try:
            yield started(process, log)
        finally:
            process.terminate()
            process.wait()


def prepare(site: Path) -> None:
    """Films and a champion in `site`: the scaler and logistic regression, the first algorithm that is tried."""
    environment = surroundings(site, site / "cinecote.db") | {"CINECOTE_TRAIN_BUDGET_S": "1"}
    for command in (["cinecote-migrate"], ["cinecote-collect", "sample"], ["cinecote-train", "run"]):
        name, *arguments = command
        subprocess.run(
            [COMMANDS / name, *arguments], env=environment, cwd=site, check=True, capture_output=True, text=True
        )


def surroundings(site: Path, films: Path) -> dict[str, str]:
    databases = {"DATABASE_URL": f"sqlite:///{films}", "MLFLOW_TRACKING_URI": f"sqlite:///{site}/mlflow.db"}
    return os.environ | databases | {"CINECOTE_LOG_LEVEL": "WARNING"}


def started(process: subprocess.Popen[str], log: Path) -> ServedApi:
    deadline = time.monotonic() + SECONDS_TO_START
    api = None
    while time.monotonic() < deadline and process.poll() is None:
        said = ServedApi(process, 0, log).logged("listening")
        if api is None and said is not None:
            api = ServedApi(process, int(str(said["port"])), log)
        if api is not None and api.client.get("/readyz").status_code == 200:
            return api
        time.sleep(0.05)
    sys.exit(f"the api didn't start:\n{log.read_text()}")
