"""A stack of one's own: docker-compose.yml under another name, on free ports, with passwords and images of its own."""

import contextlib
import json
import os
import shutil
import subprocess
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import httpx2
from tests.deploy.declared import ROOT, documented
from tests.ports import free_port

Found = TypeVar("Found")

PORTS = ["API", "WEB", "MLFLOW", "PROMETHEUS", "GRAFANA", "ALERTMANAGER"]
# One algorithm: what is trained must not depend on how busy this machine is.
SETTINGS = {"CINECOTE_TRAIN_BUDGET_S": "0.001", "CINECOTE_ALERT_WEBHOOK_URL": "http://receiver:8000/"}


def until(ask: Callable[[], Found | None], what: str, seconds: float = 60) -> Found:
    """The first answer that isn't None or False."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := ask():
            return found
        time.sleep(0.5)
    raise AssertionError(f"{what}: not within {seconds} s")


class Stack:
    """`services` are those that `docker compose up` starts here; `left_out` those whose images can't be had."""

    def __init__(self, folder: Path) -> None:
        self.name = f"cinecote-story-{uuid.uuid4().hex[:8]}"
        self.ports = {name: free_port() for name in PORTS}
        self._settings = self._write_settings(folder)
        declared = json.loads(self.compose("config", "--format", "json"))["services"]
        built = {service["image"] for service in declared.values() if "build" in service}
        images = {name: service["image"] for name, service in declared.items()}
        self.left_out = {name for name, image in images.items() if image not in built and not _can_be_had(image)}
        self.services = sorted(declared.keys() - self.left_out)
        self.web = httpx2.Client(base_url=f"http://127.0.0.1:{self.ports['WEB']}", timeout=30)
        self.api = httpx2.Client(base_url=f"http://127.0.0.1:{self.ports['API']}", timeout=30)
        self.prometheus = httpx2.Client(base_url=f"http://127.0.0.1:{self.ports['PROMETHEUS']}/api/v1", timeout=30)

    def _write_settings(self, folder: Path) -> Path:
        """What a person does: `make env`, and a line for each setting that is to be another."""
        shutil.copy(ROOT / ".env.example", folder)
        subprocess.run(["make", "-s", "-f", ROOT / "Makefile", "env"], cwd=folder, check=True, capture_output=True)
        ports = {f"CINECOTE_{name}_PORT": str(number) for name, number in self.ports.items()}
        said = ports | SETTINGS | {"CINECOTE_IMAGE_TAG": self.name}
        with (folder / ".env").open("a") as file:
            file.writelines(f"{name}={value}\n" for name, value in said.items())
        return folder / ".env"

    def run(self, *arguments: str, seconds: float = 1200) -> subprocess.CompletedProcess[str]:
        """`docker compose` with these arguments, however it ends."""
        files = ["docker-compose.yml", "tests/compose/receiver.yaml"]
        chosen = [
            "-p",
            self.name,
            "--env-file",
            str(self._settings),
            *(part for each in files for part in ("-f", each)),
        ]
        unset = documented().keys() - {"PYTHON_IMAGE"}
        return subprocess.run(
            ["docker", "compose", *chosen, *arguments],
            cwd=ROOT,
            env={name: value for name, value in os.environ.items() if name not in unset},
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def compose(self, *arguments: str) -> str:
        """What `docker compose` prints with these arguments; AssertionError where it fails."""
        done = self.run(*arguments)
        assert done.returncode == 0, f"{arguments}: {done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return done.stdout

    def up(self) -> None:
        """`docker compose up`, of all services where all can be had."""
        done = self.run("up", "-d", "--wait", "--wait-timeout", "900", *(self.services if self.left_out else ()))
        assert done.returncode == 0, f"{done.stderr[-3000:]}\n{self.run('logs', '--tail=20').stdout}"

    def containers(self) -> dict[str, dict[str, Any]]:
        """Every container of it, those that have ended too, by service."""
        lines = self.compose("ps", "-a", "--format", "json").splitlines()
        return {each["Service"]: each for each in map(json.loads, lines)}

    def sql(self, statement: str) -> list[list[str]]:
        """A statement's rows, asked as root."""
        client = 'MYSQL_PWD=$MYSQL_ROOT_PASSWORD mysql -h127.0.0.1 -uroot -N -B -e "$1"'
        printed = self.compose("exec", "-T", "mysql", "bash", "-c", client, "bash", statement)
        return [line.split("\t") for line in printed.splitlines()]

    def alerts_told(self) -> list[dict[str, Any]]:
        """What Alertmanager has told the receiver."""
        lines = self.compose("logs", "--no-log-prefix", "--no-color", "receiver").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def passwords(self) -> list[str]:
        lines = self._settings.read_text().splitlines()
        return [line.partition("=")[2] for line in lines if "_PASSWORD=" in line]

    def remove(self) -> None:
        """Everything of it, images too; what they were built of stays in the engine's cache."""
        for client in (self.web, self.api, self.prometheus):
            client.close()
        self.run("--profile", "alerting", "--profile", "backup", "down", "-v", "--timeout", "5", "--remove-orphans")
        named = ["docker", "image", "ls", "-q", "--filter", f"reference=*:{self.name}", "--format", "{{.Repository}}"]
        for image in subprocess.run(named, capture_output=True, text=True, check=False).stdout.split():
            with contextlib.suppress(subprocess.CalledProcessError):
                subprocess.run(["docker", "image", "rm", f"{image}:{self.name}"], capture_output=True, check=True)


def _can_be_had(image: str) -> bool:
    """Whether an image is on this machine or comes from its registry."""
    ways = (["image", "inspect", image], ["pull", "-q", image])
    return any(subprocess.run(["docker", *way], capture_output=True, check=False).returncode == 0 for way in ways)
