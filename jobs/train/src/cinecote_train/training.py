"""A training run, from the films in the database to the decisions in the registry."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from sqlalchemy import Engine

from cinecote.exits import CommandError
from cinecote.job_runs import job_run
from cinecote.models import FilmModel
from cinecote_train import gate, parity
from cinecote_train.champion import Champion, read_champion
from cinecote_train.comparison import Clock, Watcher
from cinecote_train.contract import Fault, shift_faults, value_faults
from cinecote_train.dask_workers import DaskWorkers
from cinecote_train.dataset import Films
from cinecote_train.estimators.film_features import features_used
from cinecote_train.evaluation import CROSS_VALIDATION
from cinecote_train.film_reader import read_films
from cinecote_train.findings import Findings, find
from cinecote_train.gate import Decision
from cinecote_train.held_out import split
from cinecote_train.kept_searches import KeptSearches
from cinecote_train.manifest import Made, describe
from cinecote_train.model_report import report_files
from cinecote_train.out_of_fold import OutOfFold
from cinecote_train.promotion import Settled, refuse, settle
from cinecote_train.recipe import Recipe, shared
from cinecote_train.report_page.contents import compose
from cinecote_train.report_page.sections import Report, laid_out
from cinecote_train.run_log import log_answers, log_findings, log_model, log_report
from cinecote_train.searches import Memory
from cinecote_train.serving import ServedGraph
from cinecote_train.settings import TrainSettings
from cinecote_train.tracking import Registry
from cinecote_train.workers import Mapper, Workers


@dataclass(frozen=True)
class Trained:
    """What a run found of a model (None where its films broke their contract), and what became of its winner.

    `report` is what a page tells of it, where the recipe wants one.
    """

    model: FilmModel
    findings: Findings | None
    settled: Settled
    report: Report | None = None


def train(
    engine: Engine,
    settings: TrainSettings,
    models: Sequence[FilmModel],
    recipe: Recipe,
    seconds: float,
    watcher: Watcher,
    dask: str | None = None,
) -> list[Trained]:
    """Compare, register and judge each model, alone on this database, in `seconds` for all of them.

    The fitting is shared among processes of our own, or where `dask` says (see DaskWorkers). Killed at any point and
    run again, it doesn't search for what was found. CommandError where that can't be done.
    """
    sharing = DaskWorkers(dask, settings.processes) if dask else Workers(settings.processes)
    with job_run(engine, "train") as job, sharing as workers:
        memory = KeptSearches(engine)
        training = _Training(engine, settings, recipe, workers, watcher, memory, job.counts)
        budgets = shared(seconds, len(models))
        trained = [training.train(model, clock) for model, clock in zip(models, budgets, strict=True)]
        memory.forget()
        return trained


@dataclass(frozen=True)
class _Training:
    """What `train` goes by; `counts` are the job's."""

    engine: Engine
    settings: TrainSettings
    recipe: Recipe
    workers: Mapper
    watcher: Watcher
    memory: Memory
    counts: dict[str, int]

    def train(self, model: FilmModel, clock: Clock) -> Trained:
        films = read_films(self.engine, self.settings, model)
        self.watcher.say(f"opening the registry for {model.name}")
        registry = Registry(self.settings.tracking_uri.get_secret_value(), model.name)
        if registry.tagged:
            self.watcher.say("the MLflow server has no registry that knows aliases: versions are kept in tags")
        registry.bury_killed_runs()
        asked = films.take(films.askable)
        if faults := self._faults(registry, asked):
            return Trained(model, None, refuse(registry, self.engine, gate.out_of_contract(faults)))
        training, held_out = split(asked, self.settings.held_out)
        with self._run(registry) as run:
            findings = find(training, held_out, self.recipe, self.workers, clock, self.watcher, self.memory)
            self._count(findings, unaskable=int((~films.askable).sum()))
            self.watcher.say("logging the runs")
            log_findings(registry, run, findings, self.recipe)
            report = self._report(registry, run, findings, clock)
            self.watcher.say("checking the winner's graph")
            settled = self._settle(registry, run, findings, report)
            registry.log(run, parameters={}, metrics={}, tags={"decision": settled.decision.kind})
        return Trained(model, findings, settled, report)

    @contextmanager
    def _run(self, registry: Registry) -> Iterator[str]:
        try:
            with registry.run(self.recipe.name) as run:
                yield run
        except KeyboardInterrupt:
            # It can come when the server has made a run and has not told its id yet.
            with suppress(CommandError):
                registry.bury_killed_runs()
            raise

    def _report(self, registry: Registry, run: str, findings: Findings, clock: Clock) -> Report | None:
        """Logged before the winner is judged: a person reads it whatever the gate says."""
        if not self.recipe.report:
            return None
        report = laid_out(compose(findings, self.recipe, self.workers, clock, self.watcher))
        log_report(registry, run, report)
        return report

    def _settle(self, registry: Registry, run: str, findings: Findings, report: Report | None) -> Settled:
        graph = findings.winning_graph
        check = parity.check(findings.winner.model, ServedGraph(graph), findings.held_out, self.recipe.seed)
        if not check.holds:
            reason = f"the graph answers otherwise than the library: {check}"
            return refuse(registry, self.engine, Decision(gate.REFUSED, reason))
        made = Made(
            algorithm=findings.winner.algorithm,
            features=features_used(findings.winner.model),
            run_id=run,
            graph=graph,
            scores=findings.procedure.scores,
            baselines={baseline.name: baseline.scores for baseline in findings.baselines},
            training=findings.training,
            held_out=findings.held_out,
            out_of_fold=findings.procedure.answers[CROSS_VALIDATION].probabilities,
            seconds_a_prediction=findings.exported[findings.winner.algorithm].seconds_a_prediction,
            beside=report_files(findings, self.recipe, report),
        )
        manifest = describe(made, self.settings)
        log_answers(registry, run, OutOfFold(made.training.identities, made.out_of_fold))
        log_model(registry, run, made, manifest, self.settings.own_key)
        return settle(registry, self.engine, made, manifest, self.settings)

    def _faults(self, registry: Registry, films: Films) -> list[Fault]:
        """What of the films breaks their contract; a person's word (accept_data) makes the new ones the measure."""
        faults = list(value_faults(films))
        if not faults and not self.recipe.accept_data:
            champion = read_champion(registry, films, self.settings.own_key)
            if isinstance(champion, Champion):
                honest = champion.honest(films, self.settings.held_out)
                faults = list(shift_faults(films, champion.stored.manifest, honest))
        return faults

    def _count(self, findings: Findings, unaskable: int) -> None:
        """Add up what was done for each model; of the films, those of the first one are told."""
        self.counts.setdefault("films", len(findings.training))
        self.counts.setdefault("complete", int(findings.training.complete.sum()))
        self.counts.setdefault("held_out", len(findings.held_out))
        added = {
            "candidates": len(findings.candidates),
            "left_out": len(findings.skipped),
            "unaskable": unaskable,
        }
        for name, count in added.items():
            self.counts[name] = self.counts.get(name, 0) + count
