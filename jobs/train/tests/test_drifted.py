"""From what people ask to the gate's decision: the loop, closed."""

import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from cinecote import exits
from cinecote.database import job_lock, now
from cinecote.registry import BEFORE_RELEASE_NAME, MODEL_NAME
from cinecote.tables import films, job_runs, predictions
from cinecote_train import main
from cinecote_train.drifted import _still_cooling

FILMS = 400
RUN = ("run", "--if-drifted")


def ask(site: Any, *, dollars: float = 1.0, model: str = MODEL_NAME, films_asked: int = FILMS) -> None:
    """Log answers about films like the site's own, money multiplied by `dollars`."""
    columns = [films.c[name] for name in ("revenue", "budget", "vote_count", "runtime")]
    with site.engine.connect() as connection:
        stored = connection.execute(select(*columns).order_by(films.c.id).limit(films_asked)).all()
    rows = [
        {
            "at": now(), "request_id": f"asked-{number}", "model": model, "version": "1",
            "role": "champion", "films": 1,
            "inputs": json.dumps([[_times(film[0], dollars), _times(film[1], dollars), film[2], film[3], None]]),
            "probabilities": json.dumps([[0.3, 0.4, 0.3]]),
        }
        for number, film in enumerate(stored)
    ]  # fmt: skip
    with site.engine.begin() as connection:
        connection.execute(insert(predictions), rows)


def _times(money: int | None, times: float) -> float | None:
    return None if money is None else money * times


def trainings(site: Any) -> int:
    with site.engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(job_runs)) or 0


def cool_down(site: Any) -> None:
    """Let the site's trainings have begun thirteen hours earlier."""
    with site.engine.begin() as connection:
        connection.execute(update(job_runs).values(started_at=now() - timedelta(hours=13)))


@pytest.fixture
def site(trained_copy: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> Any:
    """A site with a champion of the first model, trained thirteen hours ago; the command's environment is its own."""
    copy = trained_copy()
    for name, value in copy.environment.items():
        monkeypatch.setenv(name, value)
    cool_down(copy)
    return copy


@pytest.fixture
def typed(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """Runs the command here; its exit code and what it printed."""

    def run(*arguments: str) -> tuple[int, str]:
        code = exits.run(lambda: main.run(arguments))
        return code, capsys.readouterr().out

    return run


Typed = Callable[..., tuple[int, str]]


def test_shifted_questions_start_one_training_and_the_gate_decides(site: Any, typed: Typed) -> None:
    ask(site, dollars=50)
    before = trainings(site)

    code, said = typed(*RUN)

    assert code in (0, exits.Refused.exit_code)
    assert "film-category: 400 films asked about in 7 days: psi of " in said
    assert trainings(site) == before + 1
    (first, *_, last) = site.ledger()
    assert first == ("1", None, "promoted")
    assert len(site.ledger()) == 2
    assert last[2] in ("promoted", "refused", "unchanged")

    code, said = typed(*RUN)

    assert code == 0
    assert "and the next waits 12 hours: nothing to do" in said
    assert trainings(site) == before + 1


def test_questions_like_the_training_films_start_none(site: Any, typed: Typed) -> None:
    ask(site)
    before = trainings(site)

    code, said = typed(*RUN)

    assert (code, trainings(site)) == (0, before)
    assert "film-category: 400 films asked about in 7 days: no drift above 0.2: nothing to do" in said
    assert f"{BEFORE_RELEASE_NAME}: there is no champion to hold what was asked against: nothing to do" in said


def test_a_few_strange_questions_start_none(site: Any, typed: Typed) -> None:
    ask(site, dollars=50, films_asked=100)

    code, said = typed(*RUN)

    assert code == 0
    assert "100 films asked about in 7 days, 200 are needed to tell: no drift above 0.2: nothing to do" in said


def test_the_threshold_and_the_days_are_settings(site: Any, typed: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(site, dollars=50)

    monkeypatch.setenv("CINECOTE_DRIFT_THRESHOLD", "10")
    _, unmoved = typed(*RUN)
    with site.engine.begin() as connection:
        connection.execute(update(predictions).values(at=now() - timedelta(days=2)))
    monkeypatch.setenv("CINECOTE_DRIFT_DAYS", "1")
    _, forgotten = typed(*RUN)

    assert "no drift above 10: nothing to do" in unmoved
    assert "0 films asked about in 1 days" in forgotten


def test_a_champion_whose_files_are_gone_is_nothing_to_measure_by(site: Any, typed: Typed) -> None:
    ask(site, dollars=50)
    shutil.rmtree(site.model_folder("1"))

    code, said = typed(*RUN)

    assert code == 0
    assert "film-category: version 1 can't be read, its files are gone: nothing to do" in said


@pytest.mark.parametrize("ended", ["failed", "interrupted", "running"])
def test_a_training_that_came_to_no_decision_is_no_reason_to_wait(site: Any, ended: str) -> None:
    with site.engine.begin() as connection:
        connection.execute(insert(job_runs).values(job="train", started_at=now(), status=ended, counts={}))

    assert _still_cooling(site.engine, site.settings) is None


def test_of_two_at_once_one_trains(site: Any, typed: Typed) -> None:
    ask(site, dollars=50)
    before = trainings(site)

    with job_lock(site.engine, "drift"):
        code, _ = typed(*RUN)

    assert (code, trainings(site)) == (exits.AlreadyRunning.exit_code, before)


def test_only_one_reason_to_leave_a_model_alone_can_be_given(typed: Typed) -> None:
    with pytest.raises(SystemExit):
        typed("run", "--first", "--if-drifted")
