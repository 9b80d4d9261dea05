from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select

from cinecote.database import now
from cinecote.job_runs import job_run
from cinecote.tables import job_runs


def runs(engine: Engine) -> Sequence[Any]:
    with engine.connect() as connection:
        return connection.execute(select(job_runs).order_by(job_runs.c.id)).all()


def test_a_run_that_ends_well_keeps_its_counts(engine: Engine) -> None:
    with job_run(engine, "collect") as run:
        run.counts["read"] = 3

    (row,) = runs(engine)
    assert (row.status, row.counts) == ("succeeded", {"read": 3})
    assert row.started_at <= row.finished_at


@pytest.mark.parametrize(("error", "status"), [(ValueError, "failed"), (KeyboardInterrupt, "interrupted")])
def test_a_run_that_raises_says_so_and_the_error_goes_on(
    engine: Engine, error: type[BaseException], status: str
) -> None:
    with pytest.raises(error), job_run(engine, "collect"):
        raise error

    assert runs(engine)[0].status == status


def test_a_run_that_was_killed_is_found_by_the_next(engine: Engine) -> None:
    with engine.begin() as connection:
        for job in ("collect", "train"):
            connection.execute(insert(job_runs).values(job=job, started_at=now(), status="running", counts={}))

    with job_run(engine, "collect"):
        pass

    assert [(row.job, row.status) for row in runs(engine)] == [
        ("collect", "interrupted"),
        ("train", "running"),
        ("collect", "succeeded"),
    ]
