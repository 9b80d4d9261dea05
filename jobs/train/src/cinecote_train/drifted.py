"""Which models what people ask calls to train anew."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog
from sqlalchemy import Engine, func, select

from cinecote.asked import AskedFilm
from cinecote.asked_reader import asked_films, newest
from cinecote.database import now
from cinecote.drift import FEWEST, Drift, measure
from cinecote.models import FilmModel
from cinecote.registry import BrokenModel, read_manifest
from cinecote.tables import job_runs
from cinecote_train.settings import TrainSettings
from cinecote_train.tracking import Registry

# A training that failed or was killed came to no decision: the next look may begin it again.
_DECIDED = ("succeeded", "refused")

log = structlog.stdlib.get_logger(__name__)


def drifted_models(engine: Engine, settings: TrainSettings, models: Iterable[FilmModel]) -> list[FilmModel]:
    """Those of `models` whose drift is above the threshold, none within the cool-down; prints why each is or isn't.

    CommandError where the registry doesn't answer.
    """
    found = [model for model in models if _is_drifted(engine, settings, model)]
    if found and (wait := _still_cooling(engine, settings)):
        print(f"{wait}: nothing to do")
        return []
    return found


def _is_drifted(engine: Engine, settings: TrainSettings, model: FilmModel) -> bool:
    drift = _drift(engine, settings, model)
    if isinstance(drift, str):
        print(f"{model.name}: {drift}: nothing to do")
        return False
    asked = f"{drift.films:,} films asked about in {settings.drift_days:g} days"
    beyond = drift.beyond(settings.drift_threshold)
    if not beyond:
        few = f", {FEWEST} are needed to tell" if drift.films < FEWEST else ""
        print(f"{model.name}: {asked}{few}: no drift above {settings.drift_threshold:g}: nothing to do")
        return False
    told = ", ".join(f"{figure.statistic} of {figure.input} {figure.value:.2f}" for figure in beyond)
    print(f"{model.name}: {asked}: {told}, above {settings.drift_threshold:g}")
    figures = {f"{figure.input}.{figure.statistic}": round(figure.value, 3) for figure in beyond}
    log.info("drifted", model=model.name, version=drift.version, films=drift.films, **figures)
    return True


def _drift(engine: Engine, settings: TrainSettings, model: FilmModel) -> Drift | str:
    """The champion's drift, or why there is none."""
    registry = Registry(settings.tracking_uri.get_secret_value(), model.name)
    champion = registry.champion()
    if champion is None:
        return "there is no champion to hold what was asked against"
    with TemporaryDirectory() as folder:
        try:
            manifest = read_manifest(registry.download(champion, Path(folder)))
        except BrokenModel as fault:
            return f"version {champion.number} can't be read, {fault}"
    return measure(manifest, champion.number, _asked(engine, model, settings.drift_days))


def _asked(engine: Engine, model: FilmModel, days: float) -> list[AskedFilm]:
    with engine.connect() as connection:
        ranges = newest(connection, days)
        return [film for ids in ranges for film in asked_films(connection, model.name, ids)]


def _still_cooling(engine: Engine, settings: TrainSettings) -> str | None:
    """What keeps a training from beginning now, if anything does: the one before it."""
    decided = select(func.max(job_runs.c.started_at)).where(job_runs.c.job == "train", job_runs.c.status.in_(_DECIDED))
    with engine.connect() as connection:
        last = connection.scalar(decided)
    hours = settings.drift_cool_down_hours
    if last is None or last + timedelta(hours=hours) <= now():
        return None
    return f"a training began at {last:%Y-%m-%d %H:%M} UTC, and the next waits {hours:g} hours"
