"""A training that is killed and typed again leaves what one leaves that was never killed."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from sqlalchemy import func, select

from cinecote.registry import EXPERIMENT, read_manifest
from cinecote.tables import searches
from cinecote_train import search

from .killed_training import STEPS

MakeSite = Callable[..., Any]
FILMS = 450
TYPED = Path(sys.executable).with_name("cinecote-train")
DRIVER = Path(__file__).with_name("killed_training.py")
SEARCHES = 4
"""Of one algorithm, in two folds, by date, and on all films."""


def left_behind(site: Any) -> Any:
    return site.versions(), site.champion(), site.ledger()


def kept_searches(site: Any) -> int:
    with site.engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(searches)) or 0


@pytest.fixture(scope="module")
def killed(challenged_sites: list[Any]) -> Any:
    """By step: a site with a champion and some new films, and the signal that ended the training right after it."""
    asked = [f"{step}={site.folder}" for step, site in zip(STEPS, challenged_sites, strict=True)]
    said = subprocess.run(
        [sys.executable, DRIVER, *asked],
        env=challenged_sites[0].environment,
        stdout=subprocess.PIPE,
        timeout=240,
        check=True,
    )
    return dict(zip(STEPS, zip(challenged_sites, map(int, said.stdout.split()), strict=True), strict=True))


@pytest.mark.parametrize("step", STEPS)
def test_killed_right_after_a_step_the_alias_names_a_whole_version_and_a_run_ends_the_work(
    step: str, killed: Any, train_site: Callable[..., Any], challenged: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, ending = killed[step]
    served = site.champion()
    read_manifest(site.model_folder(served))
    found = kept_searches(site)
    searched = Mock(wraps=search._search)
    monkeypatch.setattr(search, "_search", searched)

    train_site(site)

    assert ending == signal.SIGKILL
    assert served == ("2" if step == "the alias is moved" else "1")
    assert found == (1 if step == "a search is kept" else SEARCHES)
    assert searched.call_count == SEARCHES - found
    assert kept_searches(site) == 0
    assert left_behind(site) == left_behind(challenged)
    assert site.job_statuses() == ["succeeded", "interrupted", "succeeded"]
    assert "RUNNING" not in run_statuses(site)


def test_told_to_end_while_it_works_it_says_so_and_closes_its_rows(make_site: MakeSite) -> None:
    site = make_site(count=FILMS)
    with subprocess.Popen([TYPED, "compare"], env=site.environment, stderr=subprocess.PIPE, text=True) as training:
        wait_for_a_run(site)

        training.send_signal(signal.SIGTERM)
        _, said = training.communicate(timeout=60)

    assert training.returncode == 130
    assert said.splitlines()[-1] == "interrupted; run the same command again to go on"
    assert "Traceback" not in said
    assert site.job_statuses() == ["interrupted"]
    assert run_statuses(site) == ["KILLED"]


def test_told_to_end_before_it_is_told_the_id_of_its_run_it_closes_that_too(
    make_site: MakeSite, train_site: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    site = make_site(count=FILMS)
    client = type(site.mlflow)
    create = client.create_run

    def interrupted(*arguments: Any, **options: Any) -> None:
        create(*arguments, **options)
        raise KeyboardInterrupt

    monkeypatch.setattr(client, "create_run", interrupted)
    with pytest.raises(KeyboardInterrupt):
        train_site(site)

    assert run_statuses(site) == ["KILLED"]


def wait_for_a_run(site: Any) -> None:
    deadline = time.monotonic() + 60
    database = site.folder / "mlflow.db"
    while time.monotonic() < deadline:
        if database.exists() and b"mlflow.runName" in database.read_bytes() + wal(database):
            return
        time.sleep(0.1)
    pytest.fail("no run began")


def wal(database: Path) -> bytes:
    log = database.with_name(f"{database.name}-wal")
    return log.read_bytes() if log.exists() else b""


def run_statuses(site: Any) -> list[str]:
    experiment = site.mlflow.get_experiment_by_name(EXPERIMENT)
    return [run.info.status for run in site.mlflow.search_runs([experiment.experiment_id])]
