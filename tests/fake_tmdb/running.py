"""The server as a process, and what tests ask of it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

ROOT = Path(__file__).parents[2]
TOKEN = "a-token"
"""What the server takes, where nothing else is said."""
WORST = {"faults": 0.05, "penalties": 0.0003, "moving": 0.5, "vanishing": 0.02, "delay": 0.02, "jitter": 0.02}
"""5 % faults of every kind, 429 with Retry-After for all, and films that change pages and go."""


@dataclass(frozen=True)
class FakeTmdb:
    """A server at `url`."""

    url: str

    @property
    def settings(self) -> dict[str, str]:
        """By which a collector finds it."""
        return {"TMDB_BASE_URL": f"{self.url}/3", "TMDB_TOKEN": TOKEN, "TMDB_TERMS_ACCEPTED": "true"}

    def control(self, what: str, **said: Any) -> Any:
        """Ask for, or say, something; see `control`."""
        body = json.dumps(said).encode() if said else None
        with urlopen(Request(f"{self.url}/control/{what}", data=body), timeout=60) as answer:
            return json.load(answer)

    def report(self) -> dict[str, Any]:
        return dict(self.control("report"))

    def films(self) -> dict[int, dict[str, Any]]:
        """All that it has now, by id."""
        return {film["id"]: film for film in self.control("films")}


@contextmanager
def running(**options: Any) -> Iterator[FakeTmdb]:
    """A server with `options` (see `__main__`) for the time of the block."""
    typed = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.fake_tmdb", *typed], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        try:
            yield FakeTmdb(process.stdout.readline().strip())
        finally:
            process.terminate()
