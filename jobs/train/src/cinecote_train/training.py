"""A training run, from the films in the database to the decision in the registry."""

from dataclasses import dataclass

from sqlalchemy import Engine

from cinecote.job_runs import JobRun, job_run
from cinecote_train import parity
from cinecote_train.comparison import Watcher
from cinecote_train.film_reader import read_films
from cinecote_train.findings import Findings, find
from cinecote_train.held_out import split
from cinecote_train.manifest import Made, describe
from cinecote_train.promotion import Settled, refuse, settle
from cinecote_train.recipe import Budget, Recipe
from cinecote_train.run_log import log_findings, log_model
from cinecote_train.serving import ServedGraph
from cinecote_train.settings import TrainSettings
from cinecote_train.tracking import Registry
from cinecote_train.workers import Workers


@dataclass(frozen=True)
class Trained:
    """What a run found, and what became of its winner."""

    findings: Findings
    settled: Settled


def train(engine: Engine, settings: TrainSettings, recipe: Recipe, budget: Budget, watcher: Watcher) -> Trained:
    """Compare, register and judge, alone on this database; CommandError where that can't be done."""
    with job_run(engine, "train") as job, Workers(settings.processes) as workers:
        training, held_out = split(read_films(engine, settings), settings.held_out)
        watcher.say("opening the registry")
        registry = Registry(settings.tracking_uri.get_secret_value())
        registry.bury_killed_runs()
        with registry.run(recipe.name) as run:
            findings = find(training, held_out, recipe, workers, budget, watcher)
            _count(job, findings)
            watcher.say("logging the runs")
            log_findings(registry, run, findings, recipe)
            watcher.say("checking the winner's graph")
            settled = _settle(engine, registry, settings, run, findings, recipe.seed)
            registry.log(run, parameters={}, metrics={}, tags={"decision": settled.decision.kind})
    return Trained(findings, settled)


def _settle(
    engine: Engine, registry: Registry, settings: TrainSettings, run: str, findings: Findings, seed: int
) -> Settled:
    graph = findings.winning_graph
    check = parity.check(findings.winner.model, ServedGraph(graph), findings.held_out.inputs, seed)
    if not check.holds:
        return refuse(engine, f"the graph answers otherwise than the library: {check}")
    made = Made(
        algorithm=findings.winner.algorithm,
        run_id=run,
        graph=graph,
        scores=findings.procedure.scores,
        baselines={baseline.name: baseline.scores for baseline in findings.baselines},
        training=findings.training,
        held_out=findings.held_out,
    )
    manifest = describe(made, settings)
    key = settings.signing_key.get_secret_value() if settings.signing_key else None
    log_model(registry, run, graph, manifest, key)
    return settle(registry, engine, made, manifest, key)


def _count(job: JobRun, findings: Findings) -> None:
    job.counts.update(
        films=len(findings.training),
        complete=int(findings.training.complete.sum()),
        held_out=len(findings.held_out),
        candidates=len(findings.candidates),
        left_out=len(findings.skipped),
    )
