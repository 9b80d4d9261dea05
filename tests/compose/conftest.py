"""One stack for the whole story, removed however it ends, and the figures that were found."""

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator

import pytest

from .stack import Stack

FILM = {"revenue": 150_000_000, "budget": 30_000_000, "vote_count": 5200, "runtime": 121}

Tell = Callable[[str], None]


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack with its images built and nothing running."""
    engine = ["docker", "compose", "version"], ["docker", "info"]
    if shutil.which("docker") is None or any(
        subprocess.run(command, capture_output=True, check=False).returncode for command in engine
    ):
        pytest.skip("no Docker engine with compose answers")
    stack = Stack(tmp_path_factory.mktemp("stack"))
    try:
        stack.compose("build")
        yield stack
    finally:
        stack.remove()


@pytest.fixture(scope="session")
def seconds_to_predict(stack: Stack) -> float:
    """Has the stack up; how long that took, from `docker compose up` to a prediction."""
    began = time.monotonic()
    stack.up()
    assert stack.api.post("/v1/predictions", json=FILM).status_code == 200
    return time.monotonic() - began


@pytest.fixture(scope="session")
def up(stack: Stack, seconds_to_predict: float) -> Stack:
    return stack


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Tell:
    """Has a figure stand in the run's summary."""
    return lambda figure: record_property("figure", figure)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, [])]
    for report in reports:
        for name, figure in report.user_properties:
            if name == "figure" and report.when == "call":
                terminalreporter.write_line(f"{report.nodeid.partition('::')[2]}: {figure}")
