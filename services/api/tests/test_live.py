"""Answers are held against the votes that their films got later."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine, insert
from starlette.testclient import TestClient

from cinecote.database import now
from cinecote.registry import MANIFEST_FILE, MODEL_NAME
from cinecote.tables import predictions, promotions

FILMS = 60
LIVE = "/v1/model/live"
RATINGS = (5.0, 6.5, 8.0)
ANSWERS = ([0.7, 0.2, 0.1], [0.2, 0.6, 0.2], [0.1, 0.2, 0.7])
TODAY = datetime.now(UTC).date()
Eventually = Callable[[Callable[[], bool]], None]
AddFilm = Callable[..., int]

pytestmark = pytest.mark.parametrize("database", ["sqlite", "mysql"], indirect=True)


def ask(
    database: Engine, film: list[float | None], answer: list[float], *, version: str = "3", hours_ago: int = 1
) -> None:
    row = {
        "at": now() - timedelta(hours=hours_ago), "request_id": "ours", "model": MODEL_NAME, "version": version,
        "role": "champion", "films": 1, "inputs": json.dumps([film]), "probabilities": json.dumps([answer]),
    }  # fmt: skip
    with database.begin() as connection:
        connection.execute(insert(predictions), [row])


def judge(database: Engine, version: str, days_ago: int) -> None:
    """Have the ledger promote a version so many days ago."""
    row: dict[str, Any] = {"version": version, "previous": None, "decision": "promoted", "reason": "", "metrics": {}}
    with database.begin() as connection:
        connection.execute(insert(promotions), [row | {"model": MODEL_NAME, "at": now() - timedelta(days=days_ago)}])


@pytest.fixture
def told(
    registry: Any, make_model: Callable[..., Path], client: TestClient, tmp_path: Path, eventually: Eventually
) -> Callable[[], dict[str, Any]]:
    """Begins to serve version 3, trained ten days ago, and gives what is told of it."""

    def tell() -> dict[str, Any]:
        folder = make_model(tmp_path / "model")
        manifest = json.loads((folder / MANIFEST_FILE).read_text())
        manifest["trained_at"] = (datetime.now(UTC) - timedelta(days=10)).isoformat()
        (folder / MANIFEST_FILE).write_text(json.dumps(manifest))
        registry.promote(folder, 3)
        eventually(lambda: client.get(LIVE).status_code == 200)
        answer: dict[str, Any] = client.get(LIVE).json()
        return answer

    return tell


@pytest.fixture
def asked_and_rated(database: Engine, add_film: AddFilm) -> None:
    """FILMS films that version 3 was asked about; they came out since it was trained, and were rated."""
    for number in range(FILMS):
        facts: dict[str, Any] = {"budget": 1_000_000 + number, "runtime": 90, "vote_count": 80}
        facts |= {"release_date": TODAY - timedelta(days=2), "vote_average": RATINGS[number % 3]}
        add_film(f"Film {number}", **facts)
        ask(database, [None, 1e6 + number, 3, 90, None], ANSWERS[number % 3 if number % 10 else 1])


def test_answers_about_films_that_came_out_later_are_scored(
    asked_and_rated: None, told: Callable[[], dict[str, Any]], client: TestClient
) -> None:
    answer = told()

    (version,) = answer["versions"]
    since = str((now() - timedelta(days=10)).date())
    assert (version["version"], version["since"], version["films"]) == ("3", since, FILMS)
    assert (version["ambiguous"], version["known"], version["waiting"]) == (0, 0, 0)
    assert version["categories"] == {"médiocre": 20, "moyen": 20, "bien": 20}
    # Every tenth film was called the middle category, which four of these six are not.
    assert version["scores"]["accuracy"]["value"] == pytest.approx(56 / 60)
    scores = version["scores"].values()
    assert all(score["low"] < score["value"] < score["high"] for score in scores)
    gauges = _gauges(client)
    assert gauges.pop(("cinecote_model_live_films", "3", "")) == FILMS
    assert gauges == {
        ("cinecote_model_live_score", "3", name): score["value"] for name, score in version["scores"].items()
    }


def test_what_can_t_be_scored_is_left_out_and_counted(
    database: Engine, add_film: AddFilm, told: Callable[[], dict[str, Any]]
) -> None:
    judge(database, "2", days_ago=30)
    new, older = TODAY - timedelta(days=2), TODAY - timedelta(days=20)
    rated = {"vote_count": 80, "vote_average": 7.5}
    add_film("One", budget=1_000_000, runtime=90, release_date=new, **rated)
    add_film("Another", budget=1_000_000, runtime=90, release_date=date(1990, 1, 1), **rated)
    add_film("Between", budget=2_000_000, runtime=90, release_date=older, **rated)
    add_film("Unrated", budget=3_000_000, runtime=90, release_date=new, vote_count=3, vote_average=9.0)
    for film in (
        [None, 1e6, None, 90, None],
        [None, 2e6, None, 90, None],
        [None, 3e6, None, 90, None],
        # Nothing like it is known, or too little is said.
        [None, 4e6, None, 90, None],
        [None, 3e6, None, None, None],
    ):
        for version in ("2", "3", "9"):
            ask(database, film, ANSWERS[2], version=version)

    second, third = told()["versions"]

    counts = ("version", "ambiguous", "known", "waiting", "films")
    assert [second[name] for name in counts] == ["2", 1, 0, 1, 1]
    assert [third[name] for name in counts] == ["3", 1, 1, 1, 0]
    assert third["scores"] == {"accuracy": None, "macro_f1": None, "log_loss": None}


def test_a_film_counts_once_by_the_first_answer_and_by_what_was_said_of_it(
    database: Engine, add_film: AddFilm, told: Callable[[], dict[str, Any]]
) -> None:
    facts = {"budget": 1_000_000, "revenue": 5_000_000, "runtime": 90, "vote_average": 8.0}
    released = TODAY - timedelta(days=2)
    # Two sources tell of one film; the year tells another one apart.
    add_film("One", release_date=released, vote_count=60, **facts)
    add_film("One", release_date=released, vote_count=80, source="tmdb", **facts)
    add_film("Old", release_date=date(1990, 1, 1), vote_count=80, **facts)
    for votes in range(3):
        ask(database, [5e6, 1e6, votes, 90, released.year], ANSWERS[votes], hours_ago=votes + 1)
    ask(database, [6e6, 1e6, 3, 90, released.year], ANSWERS[0])

    (version,) = told()["versions"]

    assert (version["films"], version["ambiguous"]) == (1, 0)
    assert version["categories"] == {"médiocre": 0, "moyen": 0, "bien": 1}


def _gauges(client: TestClient) -> dict[tuple[str, str, str], float]:
    families = text_string_to_metric_families(client.get("/metrics").text)
    samples = [sample for family in families for sample in family.samples if "model_live" in sample.name]
    return {(each.name, each.labels["version"], each.labels.get("metric", "")): each.value for each in samples}
