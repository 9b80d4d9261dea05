"""The comparison as it goes with the version that comes out of it: its table as JSON, its pictures as SVG."""

from collections.abc import Iterator

from cinecote.model_report import (
    LARGEST_PLOT,
    REPORT_FILE,
    Compared,
    ComparedFilms,
    Figure,
    Kind,
    ModelReport,
    Search,
    plot_file,
)
from cinecote_train.evaluation import SETS, Evaluation
from cinecote_train.findings import Exported, Findings
from cinecote_train.recipe import Recipe
from cinecote_train.report_page.french import LANGUAGE
from cinecote_train.report_page.sections import Report
from cinecote_train.scoring import Estimate


def report_files(findings: Findings, recipe: Recipe, page: Report | None) -> dict[str, bytes]:
    """By name, the files that go beside the version's graph; without a page there are no pictures."""
    plots = dict(_plots(page)) if page else {}
    report = model_report(findings, recipe, list(plots))
    files = {REPORT_FILE: report.model_dump_json(indent=1).encode()}
    for name, (english, french) in plots.items():
        files |= {plot_file(name): english, plot_file(report.plot_in(name, LANGUAGE)): french}
    return files


def model_report(findings: Findings, recipe: Recipe, plots: list[str]) -> ModelReport:
    """The table of `findings`: what was chosen first, then the candidates, then the baselines."""
    training, procedure = findings.training, findings.procedure
    return ModelReport(
        algorithm=findings.winner.algorithm,
        compared=list(_compared(findings)),
        films=ComparedFilms(
            learnt=len(training),
            complete=int(training.complete.sum()),
            held_out=len(findings.held_out),
            scored={name: len(procedure.answers[name].labels) for name in SETS},
            sha256=training.sha256,
        ),
        search=Search(
            recipe=recipe.name,
            seed=recipe.seed,
            trials=recipe.effort.trials,
            folds=recipe.effort.folds,
            left_out=list(findings.skipped),
        ),
        plots=plots,
        languages=[LANGUAGE],
    )


def _compared(findings: Findings) -> Iterator[Compared]:
    yield _told(findings.procedure, "chosen", findings.exported[findings.winner.algorithm])
    for each in findings.candidates:
        yield _told(each, "candidate", findings.exported.get(each.name))
    for each in findings.baselines:
        yield _told(each, "baseline", None)


def _told(evaluation: Evaluation, kind: Kind, exported: Exported | None) -> Compared:
    return Compared(
        name=evaluation.name,
        kind=kind,
        scores={
            of: {name: _figure(estimate) for name, estimate in figures.items()}
            for of, figures in evaluation.scores.items()
        },
        train_seconds=evaluation.candidate.final.seconds,
        graph_bytes=len(exported.graph) if exported else None,
        prediction_seconds=exported.seconds_a_prediction if exported else None,
    )


def _figure(estimate: Estimate) -> Figure:
    return Figure(value=estimate.value, low=estimate.low, high=estimate.high)


def _plots(page: Report) -> Iterator[tuple[str, tuple[bytes, bytes]]]:
    """The page's pictures in English and French; one that is too large for a model's folder stays with the page."""
    for picture in (section.picture for section in page.sections):
        if picture is None:
            continue
        english, french = picture.svg.encode(), picture.french().encode()
        if max(len(english), len(french)) <= LARGEST_PLOT:
            yield picture.name, (english, french)
