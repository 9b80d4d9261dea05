from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine, insert
from starlette.testclient import TestClient

from cinecote.database import now
from cinecote.tables import job_runs

BEGAN = datetime.fromisoformat("2026-11-20T12:00:00")


def test_the_last_good_run_of_a_job_outlives_it(client: TestClient, database: Engine) -> None:
    _add_run(database, "collect", "succeeded", BEGAN, 10, {"read": 1})
    _add_run(
        database, "collect", "succeeded", BEGAN + timedelta(days=1), 90.5, {"read": 5000, "rules": {"x": 1}, "ok": True}
    )
    _add_run(database, "collect", "failed", BEGAN + timedelta(days=2), 1, {"read": 3})
    _add_run(database, "train", "interrupted", BEGAN, 5, {})

    told = _told(client)

    finished = (BEGAN + timedelta(days=1, seconds=90.5)).replace(tzinfo=UTC).timestamp()
    assert told["cinecote_job_last_success_timestamp_seconds"] == {("collect",): finished}
    assert told["cinecote_job_duration_seconds"] == {("collect",): 90.5}
    assert told["cinecote_job_rows"] == {("collect", "read"): 5000}


def test_how_the_last_run_ended_is_told_whatever_came_before(client: TestClient, database: Engine) -> None:
    _add_run(database, "collect", "succeeded", BEGAN, 10, {})
    _add_run(database, "collect", "failed", BEGAN + timedelta(days=1), 1, {})
    _add_run(database, "train", "interrupted", BEGAN, 5, {})
    _add_run(database, "backup", "succeeded", BEGAN, 5, {})

    told = _told(client)["cinecote_job_last_run_status"]

    assert {key for key, value in told.items() if value} == {
        ("collect", "failed"),
        ("train", "interrupted"),
        ("backup", "succeeded"),
    }
    assert len(told) == 12


def test_a_run_under_way_says_since_when_and_leaves_the_one_before_as_it_ended(
    client: TestClient, database: Engine
) -> None:
    _add_run(database, "train", "failed", BEGAN, 5, {})
    _add_run(database, "train", "running", BEGAN + timedelta(hours=1), None, {})
    _add_run(database, "collect", "succeeded", BEGAN, 5, {})

    told = _told(client)

    since = (BEGAN + timedelta(hours=1)).replace(tzinfo=UTC).timestamp()
    assert told["cinecote_job_running_since_timestamp_seconds"] == {("train",): since}
    assert told["cinecote_job_last_run_status"]["train", "failed"] == 1


def test_the_newest_film_of_each_source_tells_its_age(client: TestClient, add_film: Callable[..., int]) -> None:
    for source, day in (("sample", 1), ("tmdb", 3), ("tmdb", 2)):
        add_film("Film", source=source, fetched_at=BEGAN.replace(day=day))

    told = _told(client)["cinecote_films_last_fetched_timestamp_seconds"]

    days = {source: datetime.fromtimestamp(value, UTC).day for (source,), value in told.items()}
    assert days == {"sample": 1, "tmdb": 3}


def test_films_that_may_not_be_kept_any_longer_are_counted_by_source(
    client: TestClient, add_film: Callable[..., int]
) -> None:
    moment = now()
    for expires in (None, moment - timedelta(days=1), moment - timedelta(seconds=1), moment + timedelta(days=1)):
        add_film("Film", source="tmdb", expires_at=expires)
    add_film("Film", source="sample")

    assert _told(client)["cinecote_films_expired"] == {("tmdb",): 2, ("sample",): 0}


def test_films_are_counted_by_source(client: TestClient, add_film: Callable[..., int]) -> None:
    for source in ("sample", "sample", "tmdb"):
        add_film("Film", source=source)

    told = _told(client)

    assert told["cinecote_films"] == {("sample",): 2, ("tmdb",): 1}
    assert told["cinecote_database_up"] == {(): 1}


def test_an_empty_database_is_up_and_nothing_is_invented_about_it(client: TestClient) -> None:
    told = _told(client)

    assert told["cinecote_database_up"] == {(): 1}
    assert not [name for name in told if name.startswith(("cinecote_films", "cinecote_job"))]


@pytest.mark.parametrize(("unmigrated", "up"), [(False, 0), (True, 1)])
def test_a_database_that_is_away_is_told_apart_from_one_without_tables(
    make_client: Callable[..., TestClient], tmp_path: Path, unmigrated: bool, up: int
) -> None:
    if unmigrated:
        (tmp_path / "cinecote.db").touch()

    with make_client(tmp_path) as client:
        assert _told(client)["cinecote_database_up"] == {(): up}


def test_a_reading_is_kept_for_a_while(client: TestClient, add_film: Callable[..., int]) -> None:
    add_film("Un", source="sample")
    before = _told(client)

    add_film("Deux", source="sample")

    assert _told(client)["cinecote_films"] == before["cinecote_films"] == {("sample",): 1}


def _add_run(
    database: Engine, job: str, status: str, began: datetime, seconds: float | None, counts: dict[str, Any]
) -> None:
    run = {"job": job, "status": status, "started_at": began, "counts": counts}
    finished = None if seconds is None else began + timedelta(seconds=seconds)
    with database.begin() as connection:
        connection.execute(insert(job_runs).values(finished_at=finished, **run))


def _told(client: TestClient) -> dict[str, dict[tuple[str, ...], float]]:
    families = text_string_to_metric_families(client.get("/metrics").text)
    return {
        family.name: {tuple(sample.labels.values()): sample.value for sample in family.samples}
        for family in families
        if family.name.startswith("cinecote_")
    }
