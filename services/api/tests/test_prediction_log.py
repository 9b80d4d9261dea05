"""Every answer reaches the database, behind the answer."""

import json
import math
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Engine, func, select
from starlette.testclient import TestClient

from cinecote.database import connect
from cinecote.migrate import migrate
from cinecote.tables import predictions
from cinecote_api.csv_batch.upload import MOST_UPLOADS
from cinecote_api.models.serving import Answering
from cinecote_api.predictions import log as prediction_log
from cinecote_api.predictions.log import Answer, PredictionLog

FILM = {"revenue": 150e6, "budget": 30e6, "vote_count": 5200, "runtime": 0}
READ = [150e6, 30e6, 5200.0, math.nan, math.nan]
ANSWER = [0.2, 0.3, 0.5]
WHO: Answering = ("film-category", "1", "champion")
Eventually = Callable[[Callable[[], bool]], None]


def rows(engine: Engine) -> list[dict[str, Any]]:
    with engine.connect() as connection:
        return [dict(row._mapping) for row in connection.execute(select(predictions).order_by(predictions.c.id))]


@pytest.fixture
def serving(
    registry: Any, make_model: Callable[..., Path], client: TestClient, tmp_path: Path, eventually: Eventually
) -> TestClient:
    """The API over `database`, with version 3."""
    registry.promote(make_model(tmp_path / "model"), 3)
    eventually(lambda: client.get("/readyz").status_code == 200)
    return client


@pytest.mark.parametrize("database", ["sqlite", "mysql"], indirect=True)
def test_what_was_asked_and_answered_is_written_down(
    serving: TestClient, database: Engine, eventually: Eventually
) -> None:
    answer = serving.post("/v1/predictions", json=FILM, headers={"X-Request-ID": "mine"}).json()

    eventually(lambda: len(rows(database)) == 1)
    (row,) = rows(database)
    assert (row["request_id"], row["model"], row["version"], row["role"]) == ("mine", "film-category", "3", "champion")
    assert (row["films"], json.loads(row["inputs"])) == (1, [[150e6, 30e6, 5200, None, None]])
    assert json.loads(row["probabilities"]) == [list(answer["probabilities"].values())]
    assert abs(row["at"].timestamp() - time.mktime(time.gmtime())) < 60


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_usable_films_of_a_batch_are_written_down(
    serving: TestClient, database: Engine, eventually: Eventually
) -> None:
    films = [{"budget": 1e6 + number} for number in range(2500)] + [{"budget": -1}]

    answer = serving.post("/v1/predictions/batch", json={"films": films}, headers={"X-Request-ID": "many"})

    assert answer.json()["failed"] == 1
    eventually(lambda: len(rows(database)) == 1)
    (row,) = rows(database)
    assert [inputs[1] for inputs in json.loads(row["inputs"])] == [film["budget"] for film in films[:-1]]
    assert (row["films"], len(json.loads(row["probabilities"]))) == (2500, 2500)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_rows_of_a_tensor_are_written_down(serving: TestClient, database: Engine, eventually: Eventually) -> None:
    tensor = {"name": "films", "shape": [2, 4], "datatype": "INT64", "data": [None, 10**6, 9, 90, None, 10**7, 9, 0]}

    answer = serving.post(
        "/v2/models/film-category/infer", json={"inputs": [tensor]}, headers={"X-Request-ID": "tensor"}
    )

    assert answer.status_code == 200
    eventually(lambda: len(rows(database)) == 1)
    (row,) = rows(database)
    assert (row["request_id"], row["films"]) == ("tensor", 2)
    assert json.loads(row["inputs"]) == [[None, 1e6, 9, 90, None], [None, 1e7, 9, None, None]]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_waits_is_written_at_the_end(database: Engine) -> None:
    log = PredictionLog(database.url.render_as_string(hide_password=False))
    log.start()
    log.add([Answer(0.0, "last", WHO, [READ], [ANSWER])])

    log.close()

    assert [row["request_id"] for row in rows(database)] == ["last"]


def test_what_a_database_that_is_away_can_not_take_is_written_when_it_is_back(
    tmp_path: Path, eventually: Eventually
) -> None:
    url = f"sqlite:///{tmp_path}/later.db"
    log = PredictionLog(url)
    log.start()
    log.add([Answer(0.0, "early", WHO, [READ], [ANSWER])])
    eventually(lambda: log._trouble)
    engine = connect(url)
    migrate(engine)

    eventually(lambda: len(rows(engine)) == 1)

    log.close()
    assert told(log) == {"cinecote_prediction_log_dropped_total": 0, "cinecote_prediction_log_waiting": 0}


def test_what_there_is_no_room_for_is_dropped_and_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prediction_log, "MOST_WAITING", 2_000)
    log = PredictionLog(f"sqlite:///{tmp_path}/away.db")

    log.add([Answer(0.0, "first", WHO, [READ] * 2, [ANSWER] * 2)])
    log.add([Answer(0.0, "second", WHO, [READ] * 9, [ANSWER] * 9)])
    log.add([Answer(0.0, "third", WHO, [READ], [ANSWER])])

    assert told(log) == {"cinecote_prediction_log_dropped_total": 9, "cinecote_prediction_log_waiting": 3}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_four_largest_tables_at_once_are_written_down_whole(database: Engine) -> None:
    log = PredictionLog(database.url.render_as_string(hide_password=False))
    part = np.tile(READ, (500, 1)), np.tile(ANSWER, (500, 1))

    # Before the writer's next look, however fast they come.
    log.add(Answer(0.0, "table", WHO, *part) for _ in range(MOST_UPLOADS * 100_000 // 500))
    log.write_waiting()

    assert told(log) == {"cinecote_prediction_log_dropped_total": 0, "cinecote_prediction_log_waiting": 0}
    with database.connect() as connection:
        assert connection.scalar(select(func.sum(predictions.c.films))) == MOST_UPLOADS * 100_000


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_an_answer_that_can_not_be_written_down_is_counted_and_keeps_no_other_waiting(database: Engine) -> None:
    log = PredictionLog(database.url.render_as_string(hide_password=False))
    log.add([Answer(math.inf, "never", WHO, [READ] * 2, [ANSWER] * 2)])
    log.write_waiting()
    log.add([Answer(0.0, "later", WHO, [READ], [ANSWER])])

    log.write_waiting()

    assert [row["request_id"] for row in rows(database)] == ["later"]
    assert told(log) == {"cinecote_prediction_log_dropped_total": 2, "cinecote_prediction_log_waiting": 0}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_database_that_is_held_up_holds_up_no_answer(
    serving: TestClient, database: Engine, eventually: Eventually
) -> None:
    with closing(sqlite3.connect(str(database.url.database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for number in range(20):
            assert serving.post("/v1/predictions", json=FILM, headers={"X-Request-ID": str(number)}).status_code == 200
        assert rows(database) == []
        other.execute("ROLLBACK")

    eventually(lambda: [row["request_id"] for row in rows(database)] == [str(number) for number in range(20)])


def told(log: PredictionLog) -> dict[str, float]:
    return {sample.name: sample.value for family in log.collect() for sample in family.samples}
