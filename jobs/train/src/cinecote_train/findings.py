"""What a comparison finds: every candidate's worth, and the one that could be served. No registry, no database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cinecote_train.comparison import Candidate, Clock, Plan, Watcher, baseline, chosen, compare
from cinecote_train.dataset import Films
from cinecote_train.evaluation import Evaluation, evaluate
from cinecote_train.export.model import to_onnx
from cinecote_train.recipe import Recipe
from cinecote_train.search import Fitted
from cinecote_train.searches import Memory
from cinecote_train.serving import ServedGraph
from cinecote_train.vote import VOTE, voted
from cinecote_train.workers import Mapper


@dataclass(frozen=True)
class Exported:
    """A candidate's graph, and the median time that it takes to answer one film."""

    graph: bytes
    seconds_a_prediction: float


@dataclass(frozen=True)
class Findings:
    """`procedure` is the choice of an algorithm taken as a whole: its scores are the winner's honest ones.

    `exported` has by name the graphs of the candidates that could be served; `skipped` names what the time budget left
    out.
    """

    training: Films
    held_out: Films
    procedure: Evaluation
    candidates: Sequence[Evaluation]
    baselines: Sequence[Evaluation]
    exported: Mapping[str, Exported]
    skipped: Sequence[str]

    @property
    def winner(self) -> Fitted:
        return self.procedure.candidate.final

    @property
    def never_served(self) -> list[str]:
        """The candidates that are there to compare with alone."""
        return [each.name for each in self.candidates if not each.candidate.servable]

    @property
    def winning_graph(self) -> bytes:
        return self.exported[self.winner.algorithm].graph


def find(
    training: Films,
    held_out: Films,
    recipe: Recipe,
    workers: Mapper,
    clock: Clock,
    watcher: Watcher,
    memory: Memory | None = None,
) -> Findings:
    """Compare the recipe's algorithms on the training films, within the time budget, beside the baselines."""
    plan = Plan(training, recipe.effort, recipe.seed, recipe.outer_folds)
    candidates = compare(plan, recipe.algorithms, workers, clock, watcher, memory)
    if recipe.vote:
        candidates += _votes(plan, candidates, workers, clock, watcher)
    watcher.say("scoring")
    baselines = [baseline(plan, each) for each in recipe.baselines.get(training.model.name, ())]
    procedure, *others = evaluate(
        [chosen(candidates), *candidates, *baselines], training, held_out, recipe.seed, workers
    )
    done = {candidate.name for candidate in candidates}
    return Findings(
        training=training,
        held_out=held_out,
        procedure=procedure,
        candidates=others[: len(candidates)],
        baselines=others[len(candidates) :],
        exported={candidate.name: _export(candidate, held_out) for candidate in candidates if candidate.servable},
        skipped=[name for name in recipe.compared if name not in done],
    )


def _votes(
    plan: Plan, candidates: Sequence[Candidate], workers: Mapper, clock: Clock, watcher: Watcher
) -> list[Candidate]:
    if clock.is_over():
        watcher.skipped(VOTE)
        return []
    watcher.say("fitting a soft vote of the best")
    return [voted(plan, candidates, workers)]


def _export(candidate: Candidate, held_out: Films) -> Exported:
    graph = to_onnx(candidate.final.model)
    return Exported(graph, ServedGraph(graph).seconds_a_prediction(held_out.inputs[:1]))
