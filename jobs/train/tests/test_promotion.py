"""Whole training runs with a short search: what they leave in the registry, in the ledger and in the runs."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from cinecote.database import job_lock
from cinecote.exits import AlreadyRunning, CommandError
from cinecote.registry import CHAMPION, EXPERIMENT, GRAPH_FILE, MODEL_NAME, read_manifest
from cinecote_train import findings as findings_module
from cinecote_train import training
from cinecote_train.algorithms import ALGORITHMS, BASELINES
from cinecote_train.film_reader import read_films
from cinecote_train.training import Trained

Train = Callable[..., Trained]
MakeSite = Callable[..., Any]
FILMS = 450


@pytest.fixture
def trained_site(trained_copy: Callable[[], Any]) -> Any:
    return trained_copy()


def runs(site: Any) -> list[Any]:
    experiment = site.mlflow.get_experiment_by_name(EXPERIMENT)
    return list(site.mlflow.search_runs([experiment.experiment_id]))


def test_training_again_on_the_same_films_changes_nothing(trained_site: Any, train_site: Train) -> None:
    before = trained_site.versions()

    again = train_site(trained_site)

    assert again.settled.decision.kind == "unchanged"
    assert trained_site.versions() == before
    assert trained_site.ledger() == [("1", None, "promoted")]


def test_the_same_films_and_seed_give_the_same_graph_and_figures_elsewhere(
    shared_site: Any, make_site: MakeSite, train_site: Train
) -> None:
    other = make_site("elsewhere", count=FILMS)

    train_site(other, baselines=BASELINES)

    manifests = [read_manifest(each.model_folder("1")) for each in (shared_site, other)]
    assert shared_site.versions() == other.versions()
    # The report beside the graph tells how long things took.
    own = {"trained_at", "run_id", "files"}
    assert manifests[0].sha256 == manifests[1].sha256
    assert manifests[0].model_dump(exclude=own) == manifests[1].model_dump(exclude=own)


def test_a_challenger_about_as_good_takes_the_champions_place(challenged: Any) -> None:
    assert challenged.champion() == "2"
    assert challenged.ledger() == [("1", None, "promoted"), ("2", "1", "promoted")]


def test_a_worse_challenger_is_registered_and_refused_once(trained_site: Any, train_site: Train) -> None:
    feeble = [replace(ALGORITHMS[0], space={"classifier__C": [1e-4, 2e-4]})]

    first, second = (train_site(trained_site, algorithms=feeble).settled for _ in range(2))

    assert (first.version, first.decision.kind, first.decision.reason) == (
        second.version,
        second.decision.kind,
        second.decision.reason,
    )
    assert first.decision.kind == "refused"
    assert first.decision.metrics["challenger_macro_f1"] < first.decision.metrics["champion_macro_f1"] - 0.01
    assert trained_site.champion() == "1"
    assert list(trained_site.versions()) == ["2", "1"]
    assert trained_site.ledger() == [("1", None, "promoted"), ("2", "1", "refused")]


def test_a_graph_that_answers_otherwise_than_its_library_is_not_registered(
    challenged: Any, make_site: MakeSite, train_site: Train, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = make_site(count=FILMS)
    wrong = (challenged.model_folder("2") / GRAPH_FILE).read_bytes()
    monkeypatch.setattr(findings_module, "to_onnx", lambda _model: wrong)

    settled = train_site(site).settled

    assert settled.version is None
    assert "otherwise than the library" in settled.decision.reason
    assert site.versions() == {}
    assert site.ledger() == [("unregistered", None, "refused")]


@pytest.mark.parametrize("damage", ["gone", "changed"])
def test_a_champion_that_cannot_be_served_is_replaced_even_by_the_same_graph(
    damage: str, trained_site: Any, train_site: Train
) -> None:
    folder = trained_site.model_folder("1")
    if damage == "gone":
        folder.rename(folder.with_name("elsewhere"))
    else:
        (folder / GRAPH_FILE).write_bytes(b"something else")

    settled = train_site(trained_site).settled

    assert (settled.version, settled.decision.kind) == ("2", "promoted")
    assert trained_site.champion() == "2"
    assert read_manifest(trained_site.model_folder("2")).sha256 == trained_site.versions()["1"]


def test_an_older_version_whose_files_are_damaged_is_not_made_champion_again(
    trained_site: Any, train_site: Train
) -> None:
    trained_site.mlflow.delete_registered_model_alias(MODEL_NAME, CHAMPION)
    (trained_site.model_folder("1") / GRAPH_FILE).write_bytes(b"half of a gra")

    settled = train_site(trained_site).settled

    assert (settled.version, settled.decision.kind) == ("2", "promoted")
    assert read_manifest(trained_site.model_folder(trained_site.champion())).sha256 == trained_site.versions()["2"]


def test_a_changed_margin_is_served_although_the_graph_is_the_same(trained_site: Any, train_site: Train) -> None:
    wider = replace(trained_site, settings=trained_site.settings.model_copy(update={"margin": 0.3}))

    settled, again = train_site(wider).settled, train_site(wider).settled

    assert (settled.version, settled.decision.kind) == ("2", "promoted")
    assert read_manifest(trained_site.model_folder("2")).margin == 0.3
    assert (again.version, again.decision.kind) == ("2", "unchanged")


def test_too_few_films_register_nothing(make_site: MakeSite, train_site: Train) -> None:
    site = make_site(count=60)

    with pytest.raises(CommandError, match="too few films"):
        train_site(site)

    assert site.versions() == {}
    assert site.ledger() == []
    assert site.job_statuses() == ["failed"]


def test_a_second_training_at_once_is_turned_away(make_site: MakeSite, train_site: Train) -> None:
    site = make_site(count=FILMS)

    with job_lock(site.engine, "train"), pytest.raises(AlreadyRunning):
        train_site(site)

    assert site.job_statuses() == []


def test_two_trainings_at_once_end_in_one_promotion(
    make_site: MakeSite, train_site: Train, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, held, go_on = make_site(count=FILMS), threading.Event(), threading.Event()

    def wait_while_the_other_begins(*given: Any) -> Any:
        held.set()
        assert go_on.wait(120)
        return read_films(*given)

    monkeypatch.setattr(training, "read_films", wait_while_the_other_begins)
    running = threading.Thread(target=lambda: train_site(site))
    running.start()
    assert held.wait(120)

    with pytest.raises(AlreadyRunning):
        train_site(site)
    go_on.set()
    running.join()

    assert (site.champion(), list(site.versions())) == ("1", ["1"])
    assert site.ledger() == [("1", None, "promoted")]
    assert site.job_statuses() == ["succeeded"]


def test_what_a_budget_left_out_is_tagged_on_the_run(make_site: MakeSite, train_site: Train) -> None:
    site = make_site(count=FILMS)

    trained = train_site(site, algorithms=3, budget=1e-9)

    (parent,) = (run for run in runs(site) if run.info.run_name == "run")
    assert trained.findings is not None
    assert trained.findings.skipped == ["random_forest", "lightgbm"]
    assert parent.data.tags["budget_exhausted"] == "true"
    assert parent.data.tags["left_out"] == "random_forest, lightgbm"
    assert site.champion() == "1"
