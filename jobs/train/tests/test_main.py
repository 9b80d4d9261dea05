"""The command as a person types it."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from cinecote import exits
from cinecote.database import job_lock
from cinecote.models import MODELS
from cinecote.registry import read_manifest
from cinecote.tables import films
from cinecote_train import main

from .html_reader import Page

MakeSite = Callable[..., Any]
FILMS = 450


def typed(site: Any, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own."""
    return subprocess.run(
        [Path(sys.executable).with_name("cinecote-train"), *arguments],
        env=site.environment | variables,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, site_in: Callable[..., Any]) -> Any:
    """A site and what `run` said there."""
    site = site_in(tmp_path_factory.mktemp("whole") / "site", FILMS, 1)
    yield site, typed(site, "run", "--report", str(site.folder / "compared.html"), HOME=str(site.folder))
    site.engine.dispose()


def test_run_ends_with_the_table_the_honest_figure_and_the_decision(whole: Any) -> None:
    _, said = whole

    lines = said.stdout.splitlines()
    assert said.returncode == 0
    for name in ("logistic", "chosen", "majority", "votes_alone", "runtime_alone", "linear_ordinal"):
        assert any(line.strip().startswith(name) for line in lines)
    assert any("the time budget was spent before: random_forest" in line for line in lines)
    for model in MODELS:
        assert any(line.startswith(f"{model.name}: macro-F1 on the ") and "95 % interval" in line for line in lines)
        assert f"{model.name}: logistic, version 1: promoted (there was no champion)" in lines


def test_run_makes_a_champion_of_each_model_with_what_it_takes(whole: Any) -> None:
    site, _ = whole

    for model in MODELS:
        manifest = read_manifest(site.model_folder("1", model.name))
        assert site.champion(model.name) == "1"
        assert manifest.name == model.name
        assert manifest.inputs == [wanted.name for wanted in model.inputs]
        assert site.ledger(model.name) == [("1", None, "promoted")]
    assert site.job_statuses() == ["succeeded"]


def test_run_puts_the_page_of_both_models_where_it_is_asked_to(whole: Any) -> None:
    site, _ = whole

    page = Page((site.folder / "compared.html").read_text(encoding="utf-8"))

    ids = Counter(own["id"] for _, own in page.tags if "id" in own)
    jumps = {own[name][1:] for _, own in page.tags for name in ("href", "xlink:href") if name in own}
    assert {model.name for model in MODELS} <= jumps <= set(ids)
    assert not [name for name, count in ids.items() if count > 1]
    assert "The time budget was spent before: random forest" in page.text
    assert not list(site.folder.glob(".compared*"))


def test_run_keeps_the_page_of_a_model_beside_it(whole: Any) -> None:
    site, _ = whole

    for model in MODELS:
        beside = site.model_folder("1", model.name).parent / "report.html"
        assert f'<h2 id="{model.name}">' in beside.read_text(encoding="utf-8")


def test_where_the_films_are_refused_the_page_of_the_last_comparison_stays(
    trained_copy: Callable[[], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = entered(trained_copy(), monkeypatch)
    with site.engine.begin() as connection:
        connection.execute(update(films).values(vote_count=films.c.vote_count * 1_000))
    page = tmp_path / "report.html"
    page.write_text("the last one")

    code = ended("run", "--model", MODELS[0].name, "--report", str(page))

    assert code == 4
    assert page.read_text() == "the last one"


def test_off_a_terminal_standard_error_has_log_lines_and_nothing_else(whole: Any) -> None:
    _, said = whole

    events = [json.loads(line) for line in said.stderr.splitlines()]
    assert {event["component"] for event in events} == {"train"}
    assert "logistic" in {event.get("algorithm") for event in events}


def test_no_library_leaves_a_trace_of_its_maker_in_the_home_folder(whole: Any) -> None:
    site, _ = whole

    left = {path.name for path in site.folder.rglob("*")}
    assert not left & {"Microsoft", "DeveloperTools", "mlruns", ".mlflow"}


def test_help_and_history_need_none_of_the_heavy_libraries(site: Any) -> None:
    code = (
        "import sys; from cinecote_train import main\n"
        "main.run(['history'])\n"
        "try: main.run(['--help'])\n"
        "except SystemExit: print(*sorted({'mlflow', 'sklearn', 'onnx', 'lightgbm'} & set(sys.modules)) or ['none'])"
    )

    said = subprocess.run(
        [sys.executable, "-c", code], env=site.environment, capture_output=True, text=True, timeout=60, check=True
    )

    assert said.stdout.splitlines()[0].startswith("nothing has been promoted")
    assert said.stdout.splitlines()[-1] == "none"
    assert all(command in said.stdout for command in ("run", "compare", "history", "promote", "rollback"))


@pytest.fixture
def here(site: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The environment of a site without films, in this process."""
    return entered(site, monkeypatch)


def entered(site: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    for name, value in site.environment.items():
        if os.environ.get(name) != value:
            monkeypatch.setenv(name, value)
    monkeypatch.setattr(main, "configure_logs", lambda *_: None)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    return site


def ended(*arguments: str) -> int:
    return exits.run(lambda: main.run(arguments))


def test_where_there_are_champions_a_first_run_has_nothing_to_do(
    whole: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    site = entered(whole[0], monkeypatch)
    before = site.job_statuses()

    code = ended("run", "--first")

    expected = [f"{model.name}: version 1 is champion already: nothing to do" for model in MODELS]
    assert (code, capsys.readouterr().out.splitlines()) == (0, expected)
    assert site.job_statuses() == before


def test_history_tells_the_promotions_of_both_models(
    whole: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    entered(whole[0], monkeypatch)

    code = ended("history")

    said = capsys.readouterr().out
    assert code == 0
    assert all(model.name in said for model in MODELS)
    assert "there was no champion" in said


def test_promote_and_rollback_say_what_they_did(
    challenged: Any, copy_site: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    entered(copy_site(challenged), monkeypatch)

    codes = [ended("rollback"), ended("promote", "2"), ended("promote", "2"), ended("promote", "9")]

    said = capsys.readouterr()
    assert codes == [0, 0, 0, 4]
    assert said.out.splitlines() == [
        "film-category: version 1 is champion again, 2 is withdrawn",
        "film-category: version 2 is champion, after 1",
        "film-category: version 2 is champion already: nothing to do",
    ]
    assert said.err == "error: film-category has no version 9\n"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CINECOTE_TRAIN_BUDGET_S", "soon"),
        ("CINECOTE_TRAIN_JOBS", "0"),
        ("CINECOTE_HELD_OUT", "1"),
        ("CINECOTE_MARGIN", "-1"),
        ("DATABASE_URL", "postgresql://elsewhere"),
    ],
)
def test_an_unusable_setting_is_named_and_its_value_is_not(
    name: str, value: str, here: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, value)

    code = ended("run")

    said = capsys.readouterr().err
    assert code == 2
    assert len(said.splitlines()) == 1
    assert name in said
    assert f"'{value}'" not in said


@pytest.mark.parametrize("command", ["run", "compare", "history"])
def test_a_database_that_is_not_there_is_said_in_one_line(
    command: str, here: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/none.db")

    code = ended(command)

    assert code == 1
    assert capsys.readouterr().err == (
        "error: there is no database yet; type cinecote-migrate, then cinecote-collect sample\n"
    )


def test_a_database_without_films_is_said_with_what_to_type(here: Any, capsys: pytest.CaptureFixture[str]) -> None:
    code = ended("run")

    assert code == 1
    assert capsys.readouterr().err.splitlines()[-1].endswith("type cinecote-collect sample")


def test_while_another_training_runs_the_exit_code_is_3(here: Any, capsys: pytest.CaptureFixture[str]) -> None:
    with job_lock(here.engine, "train"):
        code = ended("run")

    assert code == 3
    assert "another train is running" in capsys.readouterr().err


def test_an_empty_history_says_what_to_type(here: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert ended("history") == 0
    assert "cinecote-train run" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["walk"],
        ["run", "--seed", "one"],
        ["run", "--seed", "-1"],
        ["compare", "--seed", "2147483648"],
        ["compare", "--report", "/no/such/folder/report.html"],
        ["compare", "--report", "/tmp"],
        ["run", "--model", "film-rating"],
        ["score", "--model", "film-rating"],
        ["score", "--dask", "here"],
        ["compare", "--dask", "tcp://user@scheduler:8786"],
        ["score", "--dask", "http://scheduler:8786"],
        ["promote"],
        ["rollback", "--model", "film-rating"],
    ],
)
def test_unusable_arguments_end_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main.run(arguments)

    assert end.value.code == 2
    assert "usage: cinecote-train" in capsys.readouterr().err
