"""The processes of one story: none of them outlives it."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from cinecote.exits import INTERRUPTED, CommandError
from laptop.interruption import Interruption
from laptop.machine import VAR

_SECONDS_TO_END = 15
_COMMANDS = Path(sys.executable).parent


class Processes:
    """Runs steps and keeps services; when the block ends, so does every process that they started."""

    def __init__(self, environment: Mapping[str, str], interruption: Interruption) -> None:
        self._environment = environment
        self._interruption = interruption
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._interruption.held():
            for process in self._running.values():
                _signal(process, signal.SIGTERM)
            for process in self._running.values():
                _end(process)

    def step(self, command: str, *arguments: str) -> None:
        """Run to the end, in sight; CommandError, after the command's own words, where it fails."""
        process = self._start(command, arguments, None)
        code = process.wait()
        _end(process)
        del self._running[command]
        if code == INTERRUPTED:
            raise KeyboardInterrupt
        if code != 0:
            raise CommandError(f"{command} ended with exit code {code}")

    def service(self, command: str) -> None:
        """Start in the background, its log under var/log."""
        path = _log(command)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as log:
            self._start(command, (), log.fileno())

    def check(self) -> None:
        """CommandError where a service has ended."""
        for command, process in self._running.items():
            if process.poll() is not None:
                raise CommandError(f"{command} ended with exit code {process.returncode}; see {_log(command)}")

    def _start(self, command: str, arguments: tuple[str, ...], output: int | None) -> subprocess.Popen[bytes]:
        # A signal between the start and the note of it would leave a process that nobody knows.
        with self._interruption.held():
            # A group of its own: whatever the command starts can be ended with it.
            process = self._running[command] = subprocess.Popen(
                [_COMMANDS / command, *arguments],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                process_group=0,
            )
        return process


def _log(command: str) -> Path:
    return VAR / "log" / f"{command}.log"


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(subprocess.TimeoutExpired):
        process.wait(_SECONDS_TO_END)
    _signal(process, signal.SIGKILL)
    process.wait()
