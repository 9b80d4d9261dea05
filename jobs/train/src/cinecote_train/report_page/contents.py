"""All that a page tells of one comparison, worked out before anything is drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cinecote.models import FilmModel
from cinecote.registry import digest
from cinecote_train.comparison import Clock, Watcher
from cinecote_train.evaluation import CROSS_VALIDATION
from cinecote_train.findings import Findings
from cinecote_train.manifest import data_card
from cinecote_train.provenance import Provenance, provenance
from cinecote_train.recipe import Recipe
from cinecote_train.report_page.importance import Importance, importances
from cinecote_train.report_page.learning_curve import LearningPoint, learning_curve
from cinecote_train.report_page.pareto import Point, points
from cinecote_train.report_page.reliability import Bin, reliability
from cinecote_train.report_page.slices import Slice, slicings
from cinecote_train.serving import ServedGraph
from cinecote_train.workers import Mapper


@dataclass(frozen=True)
class Contents:
    """`findings` and what follows from them; `data` is the card of the films, `origin` the code that was run."""

    findings: Findings
    recipe: Recipe
    data: Mapping[str, Any]
    origin: Provenance
    points: Sequence[Point]
    curve: Sequence[LearningPoint]
    bins: Sequence[Bin]
    importances: Sequence[Importance]
    slicings: Mapping[str, Sequence[Slice]]

    @property
    def graph_sha256(self) -> str:
        """Of the model that may be served."""
        return digest(self.findings.winning_graph)

    @property
    def model(self) -> FilmModel:
        return self.findings.training.model


def compose(findings: Findings, recipe: Recipe, workers: Mapper, clock: Clock, watcher: Watcher) -> Contents:
    """Work it out; the learning curve ends where the time budget does."""
    training, procedure, seed = findings.training, findings.procedure, recipe.seed
    answers = procedure.answers[CROSS_VALIDATION]
    curve = learning_curve(training, procedure, seed, workers, clock, watcher)
    watcher.say("working out the report")
    return Contents(
        findings=findings,
        recipe=recipe,
        data=data_card(training, findings.held_out),
        origin=provenance(),
        points=points(findings),
        curve=curve,
        bins=reliability(answers, seed),
        importances=importances(findings.held_out, ServedGraph(findings.winning_graph).probabilities, seed),
        slicings=slicings(training, answers, seed),
    )
