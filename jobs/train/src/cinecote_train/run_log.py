"""What goes to the tracking server: one run a comparison, one below it for each candidate and baseline."""

import json
import platform
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cinecote.films import CATEGORIES
from cinecote.registry import ARTIFACT_FOLDER, Manifest
from cinecote_train.card import markdown
from cinecote_train.evaluation import Evaluation
from cinecote_train.findings import Exported, Findings
from cinecote_train.manifest import Made, data_card, flat, write_model
from cinecote_train.out_of_fold import FOLDER as OUT_OF_FOLD_FOLDER
from cinecote_train.out_of_fold import OutOfFold
from cinecote_train.plots import draw_candidate, draw_comparison, keep_pictures
from cinecote_train.recipe import Recipe
from cinecote_train.report_page import page
from cinecote_train.report_page.sections import Report
from cinecote_train.tracking import Registry

_NOTE = "mlflow.note.content"
"""Tag of a run that MLflow's page shows as its description."""


def log_findings(registry: Registry, run: str, findings: Findings, recipe: Recipe) -> None:
    """Parameters, figures, plots and searches of every candidate, and the comparison on the run itself."""
    for evaluation in (*findings.candidates, *findings.baselines):
        with registry.run(evaluation.name, parent=run) as child:
            _log_candidate(registry, child, evaluation, findings.exported.get(evaluation.name), recipe.seed)
    card = data_card(findings.training, findings.held_out)
    registry.log(
        run,
        parameters={
            "seed": recipe.seed,
            "trials": recipe.effort.trials,
            "inner_folds": recipe.effort.folds,
            "outer_folds": recipe.outer_folds,
            **{f"data.{name}": card[name] for name in ("films", "complete", "held_out", "sha256")},
        },
        metrics=flat(findings.procedure.scores),
        tags={
            "algorithm": findings.winner.algorithm,
            "budget_exhausted": str(bool(findings.skipped)).lower(),
            "left_out": ", ".join(findings.skipped),
            "python": platform.python_version(),
        },
    )
    with TemporaryDirectory() as folder:
        draw_comparison([findings.procedure, *findings.candidates, *findings.baselines], Path(folder))
        draw_candidate(findings.procedure, Path(folder), recipe.seed)
        registry.log_files(run, Path(folder), "plots")


def log_model(registry: Registry, run: str, made: Made, manifest: Manifest, key: str | None) -> None:
    """Put the model's folder among the run's artifacts, where a version's source points, and its card beside it."""
    card = markdown(manifest)
    registry.log(run, parameters={}, metrics={}, tags={_NOTE: card})
    with TemporaryDirectory() as folder:
        (Path(folder) / "card.md").write_text(card, encoding="utf-8")
        registry.log_files(run, Path(folder))
        files = Path(folder) / ARTIFACT_FOLDER
        write_model(files, made, manifest, key)
        registry.log_files(run, files, ARTIFACT_FOLDER)


def log_report(registry: Registry, run: str, report: Report) -> None:
    """Put the page of the comparison among the run's artifacts, beside the model, and its pictures among the plots."""
    with TemporaryDirectory() as folder:
        page.write(Path(folder) / page.FILE, [report])
        plots = Path(folder) / "plots"
        plots.mkdir()
        keep_pictures(report, plots)
        registry.log_files(run, Path(folder))


def log_answers(registry: Registry, run: str, answers: OutOfFold) -> None:
    """Put what the procedure answered to its own films among the run's artifacts, for the gate of later versions."""
    with TemporaryDirectory() as folder:
        answers.write(Path(folder))
        registry.log_files(run, Path(folder), OUT_OF_FOLD_FOLDER)


def _log_candidate(registry: Registry, run: str, evaluation: Evaluation, exported: Exported | None, seed: int) -> None:
    fitted = evaluation.candidate.final
    registry.log(
        run,
        parameters=fitted.parameters,
        metrics={
            **flat(evaluation.scores),
            "inner_log_loss": fitted.inner_log_loss,
            "train_seconds": fitted.seconds,
            **(_costs(exported) if exported else {}),
        },
        tags={"algorithm": evaluation.name},
    )
    with TemporaryDirectory() as folder:
        plots, figures, search = (Path(folder) / name for name in ("plots", "figures", "search"))
        for each in (plots, figures, search):
            each.mkdir()
        draw_candidate(evaluation, plots, seed)
        _write_json(figures / "confusion.json", _confusions(evaluation))
        _write_json(search / "trials.json", _searches(evaluation))
        registry.log_files(run, Path(folder))


def _costs(exported: Exported) -> dict[str, float]:
    return {
        "graph_bytes": len(exported.graph),
        "prediction_seconds": exported.seconds_a_prediction,
    }


def _searches(evaluation: Evaluation) -> Mapping[str, Any]:
    """By split: what was tried, what was best, and what that promised inside."""
    return {
        name: {
            "algorithm": outcome.fitted.algorithm,
            "parameters": dict(outcome.fitted.parameters),
            "trials": outcome.fitted.trials,
        }
        for name, outcome in evaluation.candidate.outcomes.items()
    }


def _confusions(evaluation: Evaluation) -> Mapping[str, Any]:
    """By set, then by the films' category, then by the one named: how many films, with the interval."""
    return {
        name: {
            true: {named: cell.as_json() for named, cell in zip(CATEGORIES, row, strict=True)}
            for true, row in zip(CATEGORIES, confusion, strict=True)
        }
        for name, confusion in evaluation.confusions.items()
    }


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False), encoding="utf-8")
