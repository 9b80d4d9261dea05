"""The champion's answers to the stored films, kept beside them."""

import json
import signal
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import onnxruntime
import pytest
from sqlalchemy import Connection, delete, select, update

from cinecote import exits
from cinecote.database import job_lock
from cinecote.features import read_film
from cinecote.films import CATEGORIES
from cinecote.logs import configure_logs
from cinecote.registry import GRAPH_FILE, MODEL_NAME, read_manifest
from cinecote.tables import film_scores, films
from cinecote_train import film_scorer, main, score_progress
from cinecote_train import film_scores as table

Row = Callable[..., dict[str, Any]]
UNKNOWN = {"revenue": None, "budget": None, "vote_count": None, "runtime": None}


@pytest.fixture
def trained(trained_copy: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> Any:
    """A site with a champion, in whose environment this process is; a partition is of 100 films."""
    site = trained_copy()
    entered(site, monkeypatch)
    monkeypatch.setattr(table, "PARTITION", 100)
    return site


def entered(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "MLFLOW_TRACKING_URI"):
        monkeypatch.setenv(name, site.environment[name])
    monkeypatch.setattr(main, "configure_logs", lambda *_: None)
    monkeypatch.setattr(signal, "signal", lambda *_: None)


def ended(*arguments: str) -> int:
    return exits.run(lambda: main.run(["score", *arguments]))


def kept(site: Any) -> dict[int, Any]:
    """The scores, by the film's id."""
    with site.engine.connect() as connection:
        return {row.film_id: row for row in connection.execute(select(film_scores))}


def counts(site: Any) -> tuple[int, ...]:
    found = site.job_counts()
    return tuple(found[name] for name in ("films", "scored", "unchanged", "unaskable"))


def test_each_film_is_scored_as_the_api_would_answer_it(trained: Any, make_row: Row) -> None:
    odd = [
        make_row("No money", revenue=None, budget=999, runtime=0),
        make_row("Votes alone", **UNKNOWN | {"vote_count": 7}, release_date=None),
        make_row("Nobody saw it", **UNKNOWN | {"vote_count": 0}, status="Rumored", vote_average=None),
        make_row("Early", release_date=date(1888, 1, 1)),
    ]
    trained.add(odd)

    assert ended() == 0

    manifest = read_manifest(trained.model_folder("1"))
    session = onnxruntime.InferenceSession(trained.model_folder("1") / GRAPH_FILE)
    scores = kept(trained)
    with trained.engine.connect() as connection:
        stored = connection.execute(select(films)).all()
    assert counts(trained) == (len(stored), len(stored), 0, 0)
    for film in stored:
        asked = read_film({name: getattr(film, name) for name in UNKNOWN})
        inputs = np.array([[asked[name] for name in manifest.inputs]])
        (answer,) = session.run(None, {"films": inputs})[0].tolist()
        score = scores[film.id]
        assert score.probabilities == pytest.approx(answer, abs=1e-12)
        assert score.category == CATEGORIES[int(np.argmax(answer))]
        assert (score.model, score.version) == (MODEL_NAME, "1")


def test_what_is_scored_already_is_not_scored_again(trained: Any, capsys: pytest.CaptureFixture[str]) -> None:
    ended()
    before = kept(trained)

    assert ended() == 0

    assert kept(trained) == before
    assert counts(trained) == (450, 0, 450, 0)
    assert capsys.readouterr().out.splitlines()[-1] == (
        "film-category: 450 films: 0 scored, 450 scored before, 0 of which too little is known"
    )


def test_a_film_that_changed_and_one_that_is_new_are_scored_and_no_others(trained: Any, make_row: Row) -> None:
    ended()
    before = kept(trained)
    changed = min(before)
    with trained.engine.begin() as connection:
        connection.execute(update(films).where(films.c.id == changed).values(vote_count=40_000, content_hash="new"))
    trained.add([make_row("New")])

    ended()

    after = kept(trained)
    assert counts(trained) == (451, 2, 449, 0)
    assert {film for film in before if after[film] != before[film]} == {changed}
    assert after[changed].probabilities != before[changed].probabilities


def test_another_champion_scores_every_film_anew(
    challenged: Any, copy_site: Callable[[Any], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    site = copy_site(challenged)
    entered(site, monkeypatch)
    ended()
    assert {score.version for score in kept(site).values()} == {"2"}

    main.run(["rollback"])
    ended()

    assert {score.version for score in kept(site).values()} == {"1"}
    assert counts(site) == (453, 453, 0, 0)


def test_a_film_of_which_too_little_is_known_has_no_score_any_more(trained: Any, make_row: Row) -> None:
    trained.add([make_row("Never known", **UNKNOWN)])
    ended()
    forgotten = min(kept(trained))
    with trained.engine.begin() as connection:
        connection.execute(update(films).where(films.c.id == forgotten).values(**UNKNOWN, content_hash="new"))

    ended()

    assert counts(trained) == (451, 0, 449, 2)
    assert len(kept(trained)) == 449
    assert forgotten not in kept(trained)


def test_a_run_that_was_interrupted_goes_on_where_it_was(trained: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    write = table.write_scores
    partitions = iter(range(2))

    def write_two(*arguments: Any) -> None:
        write(*arguments)
        if next(partitions, None) is None:
            raise KeyboardInterrupt

    monkeypatch.setattr(film_scorer, "write_scores", write_two)
    assert ended() == exits.INTERRUPTED
    assert counts(trained) == (200, 200, 0, 0)
    monkeypatch.setattr(film_scorer, "write_scores", write)

    assert ended() == 0

    assert counts(trained) == (450, 250, 200, 0)
    assert trained.job_statuses()[-2:] == ["interrupted", "succeeded"]


def test_a_film_that_goes_while_it_is_scored_costs_the_others_nothing(
    trained: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = table.write_scores
    gone = iter([7])

    def write_late(connection: Connection, *arguments: Any) -> None:
        if film := next(gone, None):
            with trained.engine.begin() as purge:
                purge.execute(delete(films).where(films.c.id == film))
        write(connection, *arguments)

    monkeypatch.setattr(film_scorer, "write_scores", write_late)

    assert ended() == 0

    assert counts(trained) == (449, 449, 0, 0)
    assert 7 not in kept(trained)


def test_a_model_that_knows_the_release_reads_its_year(site: Any, make_row: Row) -> None:
    site.add([make_row("Known", release_date=date(1999, 5, 1)), make_row("Unknown", release_date=None)])

    with site.engine.connect() as connection:
        found = table.read_unscored(connection, range(1, 10), table.ScoredBy(MODEL_NAME, "1"))

    assert found.inputs[:, -1].tolist() == pytest.approx([1999, np.nan], nan_ok=True)


def test_no_partition_holds_more_ids_than_one_may_and_none_is_empty(site: Any, make_row: Row) -> None:
    ids = [3, 19_999, 20_003, 900_000, 919_999, 5_000_000]
    site.add([make_row(f"Film {number}") | {"id": number} for number in ids])

    found = list(table.partitions(site.engine))

    assert found == [
        range(3, 20_003), range(20_003, 40_003), range(900_000, 920_000), range(5_000_000, 5_000_001)
    ]  # fmt: skip


def test_while_another_scoring_runs_the_exit_code_is_3(trained: Any, capsys: pytest.CaptureFixture[str]) -> None:
    with job_lock(trained.engine, "score"):
        assert ended() == 3

    assert "another score is running" in capsys.readouterr().err
    assert kept(trained) == {}


def test_without_a_champion_it_is_said_what_to_type(
    make_site: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    site = make_site()
    entered(site, monkeypatch)

    assert ended("--model", "film-category-avant-sortie") == 1

    expected = "error: film-category-avant-sortie has no champion yet; type cinecote-train run\n"
    assert capsys.readouterr().err == expected
    assert site.job_statuses() == ["failed"]


def test_a_champion_that_is_not_signed_scores_nothing_where_models_are(
    trained: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    main.run(["keys"])
    monkeypatch.setenv("CINECOTE_SIGNING_KEY", capsys.readouterr().out.splitlines()[0].partition("=")[2])

    assert ended() == 1

    assert "isn't signed with CINECOTE_SIGNING_KEY" in capsys.readouterr().err


def test_off_a_terminal_a_line_tells_how_far_it_is(
    trained: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(score_progress, "_SECONDS_BETWEEN_LINES", 0)
    monkeypatch.setattr(main, "configure_logs", configure_logs)

    ended()

    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    told = [line for line in lines if line["event"] == "scoring"]
    assert [line["percent"] for line in told] == [22, 44, 67, 89, 100]
    assert told[-1]["scored"] == 450
