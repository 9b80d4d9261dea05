"""Scoring that is shared out: the same scores, whoever gives them and whoever dies."""

import multiprocessing
import os
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from sqlalchemy import select

from cinecote import exits
from cinecote.exits import CommandError
from cinecote.models import AFTER_RELEASE
from cinecote.tables import film_scores
from cinecote_train import dask_workers, main
from cinecote_train import film_scores as table
from cinecote_train.dask_workers import LOCAL
from cinecote_train.film_scorer import Scored
from cinecote_train.score_job import score

FILMS = 3_000
PARTITION = 100


class Watched:
    """Kills a worker's process as soon as some partitions are scored."""

    def __init__(self, killed_after: int | None = None) -> None:
        self._killed_after = killed_after
        self.partitions = 0
        self.killed: list[int | None] = []

    def scored(self, partition: Scored) -> None:
        self.partitions += 1
        if self.partitions == self._killed_after:
            victim = multiprocessing.active_children()[0]
            os.kill(victim.pid or 0, signal.SIGKILL)
            self.killed.append(victim.pid)


@pytest.fixture
def make_trained(
    trained_copy: Callable[[], Any], made_rows: Callable[[int, int], Any], monkeypatch: pytest.MonkeyPatch
) -> Callable[[], Any]:
    """Makes sites with a champion and the same films, in whose environment this process then is."""
    monkeypatch.setattr(table, "PARTITION", PARTITION)
    monkeypatch.setattr(main, "configure_logs", lambda *_: None)
    monkeypatch.setattr(signal, "signal", lambda *_: None)

    def make() -> Any:
        site = trained_copy()
        site.add([row | {"source": "csv"} for row in made_rows(FILMS - 450, 2)])
        for name in ("DATABASE_URL", "MLFLOW_TRACKING_URI"):
            monkeypatch.setenv(name, site.environment[name])
        return site

    return make


def kept(site: Any) -> list[tuple[Any, ...]]:
    """What was scored, without when."""
    columns = [column for column in film_scores.c if column.name != "scored_at"]
    with site.engine.connect() as connection:
        return [
            tuple(map(str, row)) for row in connection.execute(select(*columns).order_by(film_scores.c.film_id)).all()
        ]


def test_a_killed_worker_costs_its_own_partition_and_the_scores_are_those_of_one_process(
    make_trained: Callable[[], Any],
) -> None:
    plain = make_trained()
    score(plain.engine, plain.settings, AFTER_RELEASE, Watched())
    shared = make_trained()
    settings = shared.settings.model_copy(update={"processes": 2})
    watched = Watched(killed_after=3)

    done = score(shared.engine, settings, AFTER_RELEASE, watched, dask=LOCAL)

    assert len(watched.killed) == 1
    assert watched.partitions == FILMS // PARTITION
    assert kept(shared) == kept(plain)
    assert len(kept(shared)) == FILMS
    # What the dead worker had written and not yet told of is found to be there.
    assert done["films"] == done["scored"] + done["unchanged"] == FILMS
    assert done["unchanged"] <= 2 * PARTITION
    assert Counter(shared.job_statuses())["succeeded"] == 2


@dataclass(frozen=True)
class Cluster:
    """A scheduler and a worker as they are started on a cluster."""

    address: str
    worker: "subprocess.Popen[bytes]"


@contextmanager
def cluster(environment: dict[str, str], folder: Path) -> Iterator[Cluster]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
    dask = [str(Path(sys.executable).with_name("dask"))]
    scheduler = [*dask, "scheduler", "--host", address, "--no-dashboard", "--no-show"]
    worker = [*dask, "worker", address, "--no-nanny", "--nthreads", "1", "--no-dashboard"]
    started = [
        subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)
        for command in (scheduler, worker)
    ]
    try:
        yield Cluster(address, started[1])
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()


def test_the_workers_of_a_scheduler_score_the_database_of_the_command_and_no_other(
    make_trained: Callable[[], Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = make_trained()
    with cluster(site.environment, tmp_path) as started:
        code = exits.run(lambda: main.run(["score", "--dask", started.address]))
        said = capsys.readouterr()
        other = make_trained()
        refused = exits.run(lambda: main.run(["score", "--dask", started.address]))

    assert code == 0, said.err
    assert "distributed" not in said.err
    assert "3,000 films: 3,000 scored" in said.out
    assert refused == 1
    assert "a worker's DATABASE_URL names another database" in capsys.readouterr().err
    assert len(kept(site)) == FILMS
    assert kept(other) == []


def test_a_scheduler_that_loses_its_workers_ends_the_command_and_the_next_run_goes_on(
    make_trained: Callable[[], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = make_trained()
    watched = Watched()

    with cluster(site.environment, tmp_path) as started:

        def kill(partition: Scored) -> None:
            watched.scored(partition)
            started.worker.kill()
            monkeypatch.setattr(dask_workers, "_SECONDS_TO_WAIT", 1)

        shown = Mock(scored=kill)
        with pytest.raises(CommandError, match=r"has had no workers for 1 seconds; run the same command again"):
            score(site.engine, site.settings, AFTER_RELEASE, shown, dask=started.address)
    done = score(site.engine, site.settings, AFTER_RELEASE, Watched())

    assert site.job_statuses()[-2:] == ["failed", "succeeded"]
    assert PARTITION <= done["unchanged"] < FILMS
    assert done["scored"] + done["unchanged"] == len(kept(site)) == FILMS
