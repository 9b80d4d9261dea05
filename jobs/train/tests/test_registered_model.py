"""What a training run leaves behind for others to read: the model's folder, the runs, the job's row."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from sqlalchemy import select

from cinecote.features import INPUTS, read_film
from cinecote.films import CATEGORIES
from cinecote.model_report import LARGEST_PLOT, REPORT_FILE, ModelReport, plot_file
from cinecote.registry import BASELINES, EXPERIMENT, GRAPH_FILE, MANIFEST_FILE, read_manifest
from cinecote.tables import films, job_runs
from cinecote_train.estimators.feature_sets import USUAL, feature_names
from cinecote_train.serving import ServedGraph


def runs(site: Any) -> list[Any]:
    experiment = site.mlflow.get_experiment_by_name(EXPERIMENT)
    return list(site.mlflow.search_runs([experiment.experiment_id]))


def test_the_first_model_is_promoted_and_the_ledger_says_so(shared_site: Any) -> None:
    assert list(shared_site.versions()) == ["1"]
    assert shared_site.champion() == "1"
    assert shared_site.ledger() == [("1", None, "promoted")]
    assert shared_site.job_statuses() == ["succeeded"]


def test_the_registered_folder_is_one_that_the_api_can_serve(shared_site: Any) -> None:
    folder = shared_site.model_folder("1")

    manifest = read_manifest(folder)

    graph = ServedGraph((folder / GRAPH_FILE).read_bytes())
    assert manifest.sha256 == shared_site.versions()["1"]
    assert manifest.inputs == [wanted.name for wanted in INPUTS]
    for golden in manifest.golden:
        film = read_film(golden.inputs)
        answer = graph.probabilities(np.array([[film[name] for name in manifest.inputs]]))[0]
        assert answer == pytest.approx([golden.probabilities[category] for category in CATEGORIES], abs=1e-9)


def test_golden_requests_have_complete_films_each_unknown_and_each_alone(shared_site: Any) -> None:
    manifest = read_manifest(shared_site.model_folder("1"))

    unknown = [tuple(name for name, value in golden.inputs.items() if value is None) for golden in manifest.golden]
    names = [wanted.name for wanted in INPUTS]
    assert unknown.count(()) == 3
    for name in names:
        assert (name,) in unknown
        assert tuple(other for other in names if other != name) in unknown


def test_the_background_answers_on_average_as_all_the_films_do(shared_site: Any) -> None:
    folder = shared_site.model_folder("1")
    background = np.array(read_manifest(folder).background, dtype=np.float64)
    graph = ServedGraph((folder / GRAPH_FILE).read_bytes())
    with shared_site.engine.connect() as connection:
        columns = [films.c[wanted.name] for wanted in INPUTS]
        every = np.array(connection.execute(select(*columns)).all(), dtype=np.float64)

    means = [graph.probabilities(rows).mean(axis=0) for rows in (background, every)]

    assert background.shape == (32, 4)
    assert means[0] == pytest.approx(means[1], abs=0.03)


def test_the_manifest_tells_the_data_the_figures_and_the_histograms(shared_site: Any) -> None:
    manifest = read_manifest(shared_site.model_folder("1"))

    data = manifest.data
    assert data["films"] + data["held_out"] == shared_site.film_count
    assert data["sources"] == {"sample": data["films"]}
    assert data["vote_maps"] == {"imdb/10": data["films"]}
    assert (data["minimum_votes"], data["held_out_share"]) == (50, 0.15)
    assert data["features"] == feature_names(INPUTS, USUAL)
    baselines = manifest.metrics[BASELINES]
    sets = {"cross_validation", "complete", "by_date", "held_out"}
    assert set(baselines) == {"majority", "votes_alone", "linear_ordinal"}
    assert set(manifest.metrics) == sets | {BASELINES}
    for scores in ({name: manifest.metrics[name] for name in sets}, *baselines.values()):
        assert set(scores) == sets
        for figures in scores.values():
            assert all(figure["low"] <= figure["high"] for figure in figures.values())
    for histogram in manifest.histograms.values():
        assert sum(histogram.counts) + histogram.unknown == data["films"]
        assert len(histogram.edges) == len(histogram.counts) + 1


def test_nothing_in_the_manifest_names_a_film(shared_site: Any) -> None:
    assert "Film " not in (shared_site.model_folder("1") / "manifest.json").read_text()


def test_every_candidate_and_baseline_has_its_run_with_figures_and_plots(shared_site: Any) -> None:
    by_name = {run.info.run_name: run for run in runs(shared_site)}

    assert set(by_name) == {"run", "logistic", "majority", "votes_alone", "linear_ordinal"}
    parent = by_name.pop("run")
    for run in by_name.values():
        assert run.data.tags["mlflow.parentRunId"] == parent.info.run_id
        for figure in ("macro_f1", "macro_f1_low", "macro_f1_high", "calibration_error", "log_loss"):
            assert np.isfinite(run.data.metrics[f"cross_validation.{figure}"])
        plots = shared_site.mlflow.list_artifacts(run.info.run_id, "plots")
        assert {Path(plot.path).name for plot in plots} == {"confusion.svg", "reliability.svg"}
    assert by_name["logistic"].data.params.keys() == {"C", "degree"}
    assert {"graph_bytes", "prediction_seconds", "train_seconds"} <= by_name["logistic"].data.metrics.keys()
    assert parent.data.tags["budget_exhausted"] == "false"
    assert parent.data.tags["decision"] == "promoted"
    assert any(
        plot.path.endswith("comparison.svg") for plot in shared_site.mlflow.list_artifacts(parent.info.run_id, "plots")
    )
    assert all(run.info.status == "FINISHED" for run in (parent, *by_name.values()))


def test_the_run_has_the_page_of_the_comparison_and_its_pictures(shared_site: Any) -> None:
    (run,) = (run for run in runs(shared_site) if run.info.run_name == "run")

    page = Path(shared_site.mlflow.download_artifacts(run.info.run_id, "report.html")).read_text(encoding="utf-8")
    plots = Path(shared_site.mlflow.download_artifacts(run.info.run_id, "plots"))

    assert page.count("<svg") == 9
    assert {path.stem for path in plots.iterdir()} == {
        *("comparison", "confusion", "reliability", "pareto", "learning", "importance"),
        *("decade", "unknown-inputs", "votes"),
    }
    for path in plots.iterdir():
        assert ElementTree.parse(path).getroot().get("aria-label")


def test_the_version_brings_the_comparisons_table_and_pictures_with_it(shared_site: Any) -> None:
    folder = shared_site.model_folder("1")
    manifest = read_manifest(folder)

    report = ModelReport.model_validate_json((folder / REPORT_FILE).read_bytes())

    assert set(report.plots) == {
        *("candidates", "pareto", "learning", "reliability", "confusion", "importance"),
        *("decade", "unknown-inputs", "votes"),
    }
    assert report.languages == ["fr"]
    assert set(manifest.files) == {GRAPH_FILE, REPORT_FILE, *map(plot_file, report.every_plot)}
    assert {path.name for path in folder.iterdir()} == {MANIFEST_FILE, *manifest.files}
    for name in report.every_plot:
        plot = folder / plot_file(name)
        assert plot.stat().st_size <= LARGEST_PLOT
        assert ElementTree.parse(plot).getroot().get("aria-label")


def test_the_versions_table_has_the_figures_of_its_manifest_and_the_costs_of_its_graph(shared_site: Any) -> None:
    folder = shared_site.model_folder("1")
    manifest = read_manifest(folder)

    report = ModelReport.model_validate_json((folder / REPORT_FILE).read_bytes())

    chosen, logistic, *baselines = report.compared
    assert [(each.name, each.kind) for each in (chosen, logistic)] == [("chosen", "chosen"), ("logistic", "candidate")]
    assert report.algorithm == manifest.algorithm == "logistic"
    told = {each.name: each.model_dump()["scores"] for each in baselines}
    assert chosen.model_dump()["scores"] | {BASELINES: told} == manifest.metrics
    assert chosen.graph_bytes == logistic.graph_bytes == (folder / GRAPH_FILE).stat().st_size
    assert logistic.prediction_seconds is not None
    assert logistic.prediction_seconds > 0
    assert all(each.graph_bytes is each.prediction_seconds is None for each in baselines)
    assert report.films.sha256 == manifest.data["sha256"]
    assert report.films.scored["cross_validation"] == report.films.learnt == manifest.data["films"]
    assert (report.search.seed, report.search.trials) == (0, 2)


def test_without_a_page_the_version_brings_its_table_alone(trained_once: Any) -> None:
    folder = trained_once.model_folder("1")

    report = ModelReport.model_validate_json((folder / REPORT_FILE).read_bytes())

    assert set(read_manifest(folder).files) == {GRAPH_FILE, REPORT_FILE}
    assert report.plots == []


def test_the_trials_of_a_search_can_be_read_afterwards(shared_site: Any) -> None:
    (run,) = (run for run in runs(shared_site) if run.info.run_name == "logistic")

    path = shared_site.mlflow.download_artifacts(run.info.run_id, "search/trials.json")

    searches = json.loads(Path(path).read_text())
    assert set(searches) == {"fold 1", "fold 2", "by date", "final"}
    assert all(search["trials"] for search in searches.values())


def test_the_confusion_of_every_set_can_be_read_with_its_intervals(shared_site: Any) -> None:
    (run,) = (run for run in runs(shared_site) if run.info.run_name == "logistic")

    path = shared_site.mlflow.download_artifacts(run.info.run_id, "figures/confusion.json")

    by_set = json.loads(Path(path).read_text())
    assert set(by_set) == {"cross_validation", "complete", "by_date", "held_out"}
    for confusion in by_set.values():
        assert tuple(confusion) == CATEGORIES
        cells = [cell for row in confusion.values() for cell in row.values()]
        assert all(cell["low"] <= cell["value"] <= cell["high"] for cell in cells)
    with shared_site.engine.connect() as connection:
        trained_on = connection.scalar(select(job_runs.c.counts))["films"]
    assert sum(cell["value"] for row in by_set["cross_validation"].values() for cell in row.values()) == trained_on


def test_the_job_run_counts_what_was_done(shared_site: Any) -> None:
    with shared_site.engine.connect() as connection:
        counts = connection.scalar(select(job_runs.c.counts))

    assert counts["films"] + counts["held_out"] == shared_site.film_count
    assert (counts["candidates"], counts["left_out"]) == (1, 0)
