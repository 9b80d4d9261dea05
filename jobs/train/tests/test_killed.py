"""A training that is killed and typed again leaves what one leaves that was never killed."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cinecote.registry import EXPERIMENT

MakeSite = Callable[..., Any]
FILMS = 450
TYPED = Path(sys.executable).with_name("cinecote-train")
DRIVER = Path(__file__).with_name("killed_training.py")
STEPS = (
    "the model's files are logged",
    "the version is created",
    "the ledger is written",
    "the alias is moved",
)


def left_behind(site: Any) -> Any:
    return site.versions(), site.champion(), site.ledger()


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory, site_in: Callable[..., Any]) -> Any:
    """By step: a site, and the signal that ended the training there right after that step."""
    sites = [site_in(tmp_path_factory.mktemp("killed") / "site", FILMS, 1) for _ in STEPS]
    said = subprocess.run(
        [sys.executable, DRIVER, *(f"{step}={site.folder}" for step, site in zip(STEPS, sites, strict=True))],
        env=sites[0].environment,
        stdout=subprocess.PIPE,
        timeout=120,
        check=True,
    )
    yield dict(zip(STEPS, zip(sites, map(int, said.stdout.split()), strict=True), strict=True))
    for site in sites:
        site.engine.dispose()


@pytest.mark.parametrize("step", STEPS)
def test_killed_right_after_a_step_and_run_again(
    step: str, killed: Any, train_site: Callable[..., Any], shared_site: Any
) -> None:
    site, ending = killed[step]

    train_site(site)

    assert ending == signal.SIGKILL
    assert left_behind(site) == left_behind(shared_site)
    assert site.job_statuses() == ["interrupted", "succeeded"]
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
