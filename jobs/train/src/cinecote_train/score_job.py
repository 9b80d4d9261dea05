"""A run of score: every stored film's partition to whoever scores, and the counts of what they did."""

from collections import Counter
from typing import Protocol

from sqlalchemy import Engine

from cinecote.exits import CommandError
from cinecote.job_runs import job_run
from cinecote.models import FilmModel
from cinecote.registry import BrokenModel
from cinecote_train.dask_workers import DaskWorkers
from cinecote_train.film_scorer import FilmScorer, Scored, without_password
from cinecote_train.film_scores import partitions
from cinecote_train.settings import TrainSettings
from cinecote_train.stored import read_stored
from cinecote_train.tracking import Registry
from cinecote_train.workers import Workers

JOB = "score"


class Shown(Protocol):
    """Told how far a run is."""

    def scored(self, partition: Scored) -> None:
        """One partition more."""


def score(
    engine: Engine, settings: TrainSettings, model: FilmModel, shown: Shown, dask: str | None = None
) -> Counter[str]:
    """Score all films with the model's champion, alone on this database; how many there were of each kind.

    In this process, or where `dask` says (see DaskWorkers). Killed at any point and run again, it goes on.
    CommandError where there is no champion that can be served.
    """
    done = Counter(films=0, scored=0, unchanged=0, unaskable=0)
    with job_run(engine, JOB) as run:
        scorer = champion_scorer(settings, model)
        run.counts.update(model=model.name, version=scorer.version)
        try:
            with DaskWorkers(dask, settings.processes) if dask else Workers(1) as workers:
                for partition in workers.map(scorer.score, partitions(engine)):
                    done.update(partition.counts)
                    shown.scored(partition)
        finally:
            run.counts.update(done)
    return done


def champion_scorer(settings: TrainSettings, model: FilmModel) -> FilmScorer:
    """The model's champion, as the api would serve it; CommandError where there is none that it would."""
    registry = Registry(settings.tracking_uri.get_secret_value(), model.name)
    version = registry.champion()
    if version is None:
        raise CommandError(f"{model.name} has no champion yet; type cinecote-train run")
    try:
        stored = read_stored(registry, version, settings.own_key)
    except BrokenModel as fault:
        raise CommandError(f"version {version.number} of {model.name} can't be served: {fault}") from None
    if settings.own_key and not stored.signed:
        raise CommandError(f"version {version.number} of {model.name} isn't signed with CINECOTE_SIGNING_KEY")
    return FilmScorer(model, version.number, stored, without_password(settings.database_url.get_secret_value()))
