"""A laptop of one's own: the story in an empty folder, on free ports, its processes known by a mark."""

import os
import re
import selectors
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.ports import free_port

ROOT = Path(__file__).parents[2]
MARK = "CINECOTE_STORY"
READY = "CinéCote answers"


@dataclass
class Story:
    """One `make demo` without make: the verb, its folder, and what it printed."""

    process: subprocess.Popen[str]
    mark: str
    printed: str = ""

    def wait_for(self, text: str, seconds: float = 240) -> None:
        """Read what is printed until `text` is there."""
        assert self.process.stdout is not None
        deadline = time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while text not in self.printed:
                ready = selector.select(deadline - time.monotonic())
                assert ready, f"{text!r} did not come; printed: {self.printed}"
                chunk = os.read(self.process.stdout.fileno(), 65536).decode()
                assert chunk, f"ended before {text!r}; printed: {self.printed}"
                self.printed += chunk

    def processes(self) -> dict[int, str]:
        """The living processes of this story, by the mark in their environment."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                marked = f"{MARK}={self.mark}".encode() in (folder / "environ").read_bytes()
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            if marked and command:
                found[int(folder.name)] = command
        return found

    def kill(self) -> None:
        """Kill every process, those too that are only being started."""
        while held := self.processes():
            for process in held:
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Signal the story as a terminal or a supervisor would, and wait for its end."""
        self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=60)
        self.printed += rest
        return self.process.returncode


@dataclass(frozen=True)
class RegistryServer:
    """An MLflow server in the place of a story's SQLite file, and the file that it keeps its own tables in."""

    address: str
    database: Path


@dataclass
class Laptop:
    """A folder and two ports; several stories may be told on it, one after the other."""

    folder: Path
    api_port: int = field(default_factory=free_port)
    web_port: int = field(default_factory=free_port)
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.api_port}"

    @property
    def web(self) -> str:
        return f"http://127.0.0.1:{self.web_port}"

    def environment(self, mark: str) -> dict[str, str]:
        unset = re.compile("DATABASE_URL|MLFLOW_.*|CINECOTE_.*")
        kept = {name: value for name, value in os.environ.items() if not unset.fullmatch(name)}
        return kept | {
            MARK: mark,
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "CINECOTE_API_PORT": str(self.api_port),
            "CINECOTE_WEB_PORT": str(self.web_port),
            # One algorithm: what is trained must not depend on how busy this machine is.
            "CINECOTE_TRAIN_BUDGET_S": "0.001",
            **self.settings,
        }

    @contextmanager
    def tell(self, verb: str = "demo") -> Iterator[Story]:
        mark = uuid.uuid4().hex
        process = subprocess.Popen(
            [sys.executable, "-m", "laptop", verb],
            cwd=self.folder,
            env=self.environment(mark),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        story = Story(process, mark)
        try:
            yield story
        finally:
            if process.poll() is None:
                story.end()
            story.kill()
            process.stdout.close()  # type: ignore[union-attr]
