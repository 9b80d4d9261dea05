"""A server under measurement: all of its processes, what they have used, and their end."""

import os
import signal
import subprocess
import time
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

_SECONDS_TO_END = 15
_SECONDS_BETWEEN_LOOKS = 0.02
_MARK = "CINECOTE_BENCHMARK"
_LINES_SHOWN = 15


class ProcessTree:
    """A command and whatever it starts, from the beginning of the block to its end."""

    def __init__(self, command: Sequence[str | Path], environment: Mapping[str, str], folder: Path, log: Path) -> None:
        self._command, self._folder, self._log = command, folder, log
        # Some servers start theirs in sessions of their own; what a process is given at its start stays with it.
        self._mark = f"{_MARK}={uuid.uuid4().hex}"
        self._environment = {**environment, _MARK: self._mark.partition("=")[2]}

    def __enter__(self) -> Self:
        with self._log.open("wb") as log:
            self.started = time.perf_counter()
            # A session of its own: Ctrl-C is for the benchmark, which then ends its servers itself.
            self._root = subprocess.Popen(
                [str(part) for part in self._command],
                env=self._environment,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._root.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._root.wait(_SECONDS_TO_END)
        # Again and again: one that was being started when its parent ended is found only then.
        while pids := self._pids():
            for pid in pids:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(_SECONDS_BETWEEN_LOOKS)
        self._root.wait()

    def check(self) -> None:
        """RuntimeError, with the end of its log, where the command has ended."""
        if self._root.poll() is not None:
            raise RuntimeError(f"it ended with exit code {self._root.returncode}:\n{self.last_words()}")

    def last_words(self) -> str:
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-_LINES_SHOWN:])

    def cpu_seconds(self) -> float:
        """Processor time of all threads alive, to the nanosecond; /proc/…/stat counts in hundredths of a second."""
        used = 0
        for pid in self._pids():
            for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
                with suppress(OSError):
                    used += int(task.read_text().split()[0])
        return used / 1e9

    def resident_mb(self) -> float:
        """What its processes have in memory, each counted whole."""
        pages = 0
        for pid in self._pids():
            with suppress(OSError):
                pages += int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def _pids(self) -> list[int]:
        mark = self._mark.encode()
        return [int(entry.name) for entry in Path("/proc").glob("[0-9]*") if mark in _environment(entry)]


def _environment(process: Path) -> list[bytes]:
    try:
        return (process / "environ").read_bytes().split(b"\0")
    except OSError:
        return []
