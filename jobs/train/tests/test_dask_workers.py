"""Workers that Dask leads."""

import logging
import os
import signal
import socket
from asyncio import CancelledError
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from unittest.mock import Mock

import distributed
import pytest
from distributed import KilledWorker
from distributed.comm.core import CommClosedError

from cinecote.exits import CommandError
from cinecote_train import dask_workers
from cinecote_train.dask_workers import LOCAL, DaskWorkers


@pytest.fixture(scope="module")
def workers() -> Iterator[DaskWorkers]:
    with DaskWorkers(LOCAL, 2) as opened:
        yield opened


def test_answers_come_in_the_order_of_the_items_however_many(workers: DaskWorkers) -> None:
    items = range(-300, 300)

    assert list(workers.map(abs, items)) == [abs(item) for item in items]


def test_items_are_asked_for_as_they_are_needed(workers: DaskWorkers) -> None:
    asked: list[int] = []

    def items() -> Iterator[int]:
        for item in range(10_000):
            asked.append(item)
            yield item

    answers = workers.map(abs, items())

    assert next(answers) == 0
    assert len(asked) < 1_000


def test_nothing_to_do_is_nothing_done(workers: DaskWorkers) -> None:
    assert list(workers.map(abs, [])) == []


def test_a_worker_computes_in_one_thread_and_tells_nobody_of_it(workers: DaskWorkers) -> None:
    assert list(workers.map(os.getenv, ["OMP_NUM_THREADS", "ORT_DISABLE_TELEMETRY"])) == ["1", "1"]


@pytest.mark.parametrize("part", ["scheduler", "nanny", "core", "client"])
def test_dask_s_own_lines_are_not_among_the_command_s(workers: DaskWorkers, part: str) -> None:
    assert not logging.getLogger(f"distributed.{part}").isEnabledFor(logging.WARNING)


def test_what_a_worker_raises_reaches_the_caller(workers: DaskWorkers) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        list(workers.map(int, ["1", "one"]))


def test_what_a_killed_worker_was_at_is_done_by_another(workers: DaskWorkers, tmp_path: Path) -> None:
    answers = list(workers.map(partial(killed_once, tmp_path / "tried"), range(10)))

    assert answers == list(range(10))


def killed_once(tried: Path, item: int) -> int:
    """Whoever first does item 4 is killed by it."""
    if item == 4 and not tried.exists():
        tried.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return item


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (KilledWorker("key", Mock(), 3), "killed at the same work, maybe for want of memory"),
        (CancelledError(), "the Dask scheduler is gone"),
        (CommClosedError(), "the Dask scheduler is gone"),
    ],
    ids=lambda each: type(each).__name__,
)
def test_what_dask_gives_up_is_said_in_one_line(
    workers: DaskWorkers, monkeypatch: pytest.MonkeyPatch, fault: BaseException, said: str
) -> None:
    def give_up(_: object) -> None:
        raise fault

    monkeypatch.setattr(distributed.as_completed, "__next__", give_up)

    with pytest.raises(CommandError, match=said):
        list(workers.map(abs, [1]))


def test_what_was_under_way_when_the_connection_broke_is_no_answer(
    workers: DaskWorkers, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = workers._client.submit(abs, -1, pure=False)
    lost.cancel()
    monkeypatch.setattr(distributed.as_completed, "__next__", lambda _: (lost, CancelledError()))

    with pytest.raises(CommandError, match="the Dask scheduler is gone"):
        list(workers.map(abs, [1]))


def test_a_scheduler_that_is_gone_while_workers_are_waited_for_is_said_in_one_line(
    workers: DaskWorkers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(distributed.as_completed, "has_ready", lambda _: False)
    monkeypatch.setattr(workers._client, "nthreads", Mock(side_effect=OSError("timed out")))

    with pytest.raises(CommandError, match="the Dask scheduler is gone"):
        list(workers.map(abs, [1]))


def test_no_scheduler_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_workers, "_SECONDS_TO_WAIT", 1)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"

        with pytest.raises(CommandError, match=f"no Dask scheduler answers at {address}"), DaskWorkers(address, 1):
            pass
