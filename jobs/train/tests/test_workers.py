import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cinecote.exits import CommandError
from cinecote_train.workers import Workers

HANGING = """
import os, signal, sys
from cinecote_train.workers import Workers
if __name__ == "__main__":
    # What is started in the background, as tests may be, is started with SIGINT ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with Workers(2) as workers:
        print(*set(workers.map(os.getppid, [])) or "", flush=True)
        for process in __import__("multiprocessing").active_children():
            print(process.pid, flush=True)
        print("ready", flush=True)
        signal.pause()
"""


@pytest.fixture(autouse=True)
def little_to_import(monkeypatch: pytest.MonkeyPatch) -> None:
    """The work of these tests needs no library that takes seconds to import."""
    monkeypatch.setattr("cinecote_train.workers._NEEDED", "cinecote_train.workers")


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT], ids=lambda ending: ending.name)
def test_no_worker_outlives_its_parent(ending: signal.Signals, tmp_path: Path) -> None:
    script = tmp_path / "hanging.py"
    script.write_text(HANGING)
    with subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as parent:
        assert parent.stdout is not None
        pids = []
        for line in parent.stdout:
            if line.strip() == "ready":
                break
            pids += [int(word) for word in line.split()]
        assert len(pids) == 2

        parent.send_signal(ending)
        parent.wait(timeout=60)

    deadline = time.monotonic() + 60
    while any(map(is_running, pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(is_running, pids))


@pytest.mark.parametrize("processes", [1, 2])
def test_answers_come_in_the_order_of_the_items(processes: int) -> None:
    with Workers(processes) as workers:
        assert list(workers.map(abs, range(-5, 5))) == [abs(item) for item in range(-5, 5)]


def test_a_worker_computes_in_one_thread_whatever_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "8")

    with Workers(2) as workers:
        assert list(workers.map(os.getenv, ["OMP_NUM_THREADS"])) == ["1"]


def test_a_worker_that_dies_is_said_in_one_line() -> None:
    with Workers(2) as workers, pytest.raises(CommandError, match="CINECOTE_TRAIN_JOBS"):
        list(workers.map(os._exit, [1]))


def test_what_a_worker_raises_reaches_the_caller() -> None:
    with Workers(2) as workers, pytest.raises(ValueError, match="invalid literal"):
        list(workers.map(int, ["1", "one"]))
