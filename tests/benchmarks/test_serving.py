"""What the benchmark of serving measures with, and how it judges."""

import asyncio
import os
import sys
import time
from pathlib import Path

import pytest

from benchmarks.serving import report
from benchmarks.serving.load import Unanswered, arrive, post, saturate
from benchmarks.serving.measuring import Measured
from benchmarks.serving.process_tree import ProcessTree

BUSY = """
import time
end = time.process_time() + 0.3
while time.process_time() < end: pass
print("done", flush=True)
time.sleep(60)
"""

PARENT = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", sys.argv[1]], start_new_session=True)
time.sleep(60)
"""


def _tree(folder: Path, *command: str) -> ProcessTree:
    return ProcessTree([sys.executable, "-c", *command], dict(os.environ), folder, folder / "log")


def _wait_for(log: Path, said: str) -> None:
    deadline = time.monotonic() + 20
    while said not in log.read_text():
        assert time.monotonic() < deadline, "it said nothing in time"
        time.sleep(0.01)


def test_what_a_server_starts_in_a_session_of_its_own_is_counted_and_ended_with_it(tmp_path: Path) -> None:
    with _tree(tmp_path, PARENT, BUSY) as tree:
        _wait_for(tmp_path / "log", "done")
        used, memory = tree.cpu_seconds(), tree.resident_mb()
        running = tree._pids()

    assert used >= 0.3
    assert memory > 10
    assert len(running) == 2
    assert not [pid for pid in running if Path(f"/proc/{pid}/environ").exists() and _environment(pid)]


def test_a_server_that_ends_is_an_error_with_its_last_words(tmp_path: Path) -> None:
    with _tree(tmp_path, "raise SystemExit('no port')") as tree:
        tree._root.wait(20)

        with pytest.raises(RuntimeError, match="exit code 1:\nno port"):
            tree.check()


def test_a_load_ends_after_its_count_or_its_time_and_arrivals_keep_their_moments() -> None:
    async def story() -> tuple[int, int, float, list[float]]:
        async with await _serve(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}") as server:
            port = server.sockets[0].getsockname()[1]
            counted = await saturate(port, [post("/", b"{}")], 50, 60)
            began = time.perf_counter()
            timed = await saturate(port, [post("/", b"{}")], 10**9, 0.2)
            taken = time.perf_counter() - began
            return counted, timed, taken, await arrive(port, [post("/", b"{}")], 200, 0.5)

    counted, timed, taken, waits = asyncio.run(story())

    assert counted == 50
    assert timed > 4
    assert taken < 20
    assert len(waits) == 100
    assert all(wait >= 0 for wait in waits)


def test_a_request_that_is_refused_stops_the_load() -> None:
    async def story() -> None:
        async with await _serve(b"HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy") as server:
            await saturate(server.sockets[0].getsockname()[1], [post("/", b"{}")], 50, 60)

    with pytest.raises(Unanswered, match="503"):
        asyncio.run(story())


@pytest.mark.parametrize(
    ("ours", "word", "missed"),
    [(100e-6, "40.0 × (goal 40, floor 12): met", 0), (200e-6, "missed", 0), (400e-6, "MISSED, below the floor", 1)],
)
def test_a_goal_is_met_missed_or_below_its_floor(ours: float, word: str, missed: int) -> None:
    # A round that something disturbed leaves the median alone.
    rounds = {
        "cinecote": [_measured(ours), _measured(ours), _measured(ours * 9)],
        "mlflow": [_measured(4e-3), _measured(4e-3), _measured(4e-3)],
    }

    verdict = report.verdicts(rounds)[0]

    assert verdict.startswith("- throughput a core beside mlflow: ")
    assert verdict.endswith(word)
    assert len([told for told in report.missed_floors(rounds) if told.startswith("throughput")]) == missed


def test_the_tables_have_a_line_a_server_with_minimum_and_median() -> None:
    rounds = {"cinecote": [_measured(100e-6), _measured(300e-6), _measured(200e-6)], "textbook": [_measured(1e-3)] * 3}

    lines = report.table(rounds) + report.ratios(rounds)

    assert lines[2].startswith("| cinecote | 100 / 200 | 10,000 / 5,000 | 2.00 / 2.00 |")
    assert lines[-1].startswith("| textbook | 10.0 / 5.0 | 1.0 / 1.0 |")


def _measured(cpu: float) -> Measured:
    return Measured(start=1, cpu=cpu, requests=100, waits=[0.002] * 10, memory=100, batch_rows=10_000)


async def _serve(answer: bytes) -> asyncio.Server:
    """A server that says the same to every request."""

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(65_536):
            writer.write(answer)
        writer.close()

    return await asyncio.start_server(converse, "127.0.0.1", 0)


def _environment(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return b""


def test_the_locks_name_no_registry() -> None:
    locks = list(Path("benchmarks/serving").glob("*/requirements.lock"))

    assert len(locks) == 4
    assert not [lock for lock in locks if "://" in lock.read_text()]
