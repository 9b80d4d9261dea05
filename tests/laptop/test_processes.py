"""No process outlives its story, whenever the signals come."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

import pytest
from laptop.interruption import Interruption
from laptop.processes import Processes

FOR_EVER = "import signal; signal.pause()"
# Asks its parent to end; told to end itself, it asks once more and stays.
STUBBORN = """
import os, signal
signal.signal(signal.SIGTERM, lambda *_: os.kill(os.getppid(), signal.SIGINT))
os.kill(os.getppid(), signal.SIGINT)
while True:
    signal.pause()
"""


@pytest.fixture
def interruption() -> Iterator[Interruption]:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    listening = Interruption()
    listening.listen()
    yield listening
    for number, handler in before.items():
        signal.signal(number, handler)


class NotedPopen(subprocess.Popen[bytes]):
    """Notes each process, and then raises the signal that was asked for."""

    ids: ClassVar[list[int]] = []
    number: ClassVar[signal.Signals | None] = None

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.ids.append(self.pid)
        if self.number is not None:
            signal.raise_signal(self.number)


@pytest.fixture
def popen(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[NotedPopen]]:
    """In the place of Popen; nothing that it started is left behind, whatever the test finds."""
    monkeypatch.setattr(NotedPopen, "ids", [])
    monkeypatch.setattr("laptop.processes.subprocess.Popen", NotedPopen)
    yield NotedPopen
    for pid in NotedPopen.ids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def lives(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_a_signal_in_the_midst_of_a_start_ends_what_was_started(
    interruption: Interruption, popen: type[NotedPopen], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(popen, "number", signal.SIGTERM)

    with pytest.raises(KeyboardInterrupt), Processes(os.environ, interruption) as running:
        running.step("python", "-c", FOR_EVER)

    (pid,) = popen.ids
    assert not lives(pid)


def test_a_second_signal_does_not_spare_what_will_not_end(
    interruption: Interruption, popen: type[NotedPopen], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("laptop.processes._SECONDS_TO_END", 1)

    with pytest.raises(KeyboardInterrupt), Processes(os.environ, interruption) as running:
        running.step("python", "-c", STUBBORN)

    (pid,) = popen.ids
    assert not lives(pid)
