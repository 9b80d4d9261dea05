"""`cinecote-train`: trains, compares, and decides which models are served."""

import signal
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from cinecote import exits
from cinecote.logs import configure_logs
from cinecote.models import MODELS, FilmModel
from cinecote.settings import read_settings
from cinecote_train import telemetry
from cinecote_train.arguments import parser
from cinecote_train.settings import TrainSettings

if TYPE_CHECKING:
    from sqlalchemy import Engine

Command = Callable[[TrainSettings, Namespace], None]


def main() -> None:
    sys.exit(exits.run(lambda: run(sys.argv[1:])))


def run(arguments: Sequence[str]) -> None:
    """Do what the arguments say; CommandError where it can't be done, SystemExit 2 for unusable arguments."""
    chosen = parser(__doc__ or "").parse_args(arguments)
    # A training that is told to end closes its rows and runs, as on Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    settings = read_settings(TrainSettings)
    configure_logs("train", settings.log_level, settings.log_format)
    telemetry.switch_off()
    _COMMANDS[chosen.name](settings, chosen)


# What the commands import takes seconds, and --help needs none of it.


def _train(settings: TrainSettings, chosen: Namespace) -> None:
    models = [model for model in MODELS if chosen.model in (None, model.name)]
    if chosen.first:
        models = [model for model in models if not _has_champion(settings, model)]
    if not models:
        return
    from cinecote_train.access import open_database

    with open_database(settings.database_url.get_secret_value()) as engine:
        train = _train_drifted if chosen.if_drifted else _compare
        train(engine, settings, chosen, models)


def _train_drifted(engine: "Engine", settings: TrainSettings, chosen: Namespace, models: Sequence[FilmModel]) -> None:
    from cinecote.database import job_lock
    from cinecote_train.drifted import drifted_models

    # Held until the training is over: of two that find the same drift, one trains.
    with job_lock(engine, "drift"):
        if drifted := drifted_models(engine, settings, models):
            _compare(engine, settings, chosen, drifted)


def _compare(engine: "Engine", settings: TrainSettings, chosen: Namespace, models: Sequence[FilmModel]) -> None:
    from cinecote_train import report
    from cinecote_train.console import console
    from cinecote_train.progress import watching
    from cinecote_train.recipe import recipe_of
    from cinecote_train.report_page import page
    from cinecote_train.training import train

    recipe = recipe_of(chosen.name, chosen.seed, chosen.accept_data)
    seconds = settings.budget_seconds if chosen.name == "run" else float("inf")
    with watching() as watcher:
        trained = train(engine, settings, models, recipe, seconds, watcher, chosen.dask)
    compared = [each.report for each in trained if each.report]
    if chosen.report and compared:
        page.write(chosen.report, compared)
    report.show(console(), trained)


def _has_champion(settings: TrainSettings, model: FilmModel) -> bool:
    from cinecote_train.tracking import Registry

    champion = Registry(settings.tracking_uri.get_secret_value(), model.name).champion()
    if champion:
        print(f"{model.name}: version {champion.number} is champion already: nothing to do")
    return champion is not None


def _score(settings: TrainSettings, chosen: Namespace) -> None:
    from cinecote_train.access import open_database
    from cinecote_train.film_scores import highest_id
    from cinecote_train.score_job import score
    from cinecote_train.score_progress import showing

    (model,) = (model for model in MODELS if model.name == chosen.model)
    with (
        open_database(settings.database_url.get_secret_value()) as engine,
        showing(highest_id(engine)) as shown,
    ):
        done = score(engine, settings, model, shown, chosen.dask)
    print(
        f"{model.name}: {done['films']:,} films: {done['scored']:,} scored, {done['unchanged']:,} scored before, "
        f"{done['unaskable']:,} of which too little is known"
    )


def _history(settings: TrainSettings, _chosen: Namespace) -> None:
    from cinecote import ledger
    from cinecote_train.access import open_database
    from cinecote_train.console import console
    from cinecote_train.history import show_history

    with open_database(settings.database_url.get_secret_value()) as engine, engine.connect() as connection:
        ledgers = {model.name: ledger.entries(connection, model=model.name) for model in MODELS}
    show_history(console(), ledgers)


def _promote(settings: TrainSettings, chosen: Namespace) -> None:
    from cinecote_train.access import open_database
    from cinecote_train.by_hand import promote
    from cinecote_train.tracking import Registry

    with open_database(settings.database_url.get_secret_value()) as engine:
        registry = Registry(settings.tracking_uri.get_secret_value(), chosen.model)
        before = promote(registry, engine, chosen.version, settings.own_key)
    if before and before.number == chosen.version:
        print(f"{chosen.model}: version {chosen.version} is champion already: nothing to do")
    else:
        print(f"{chosen.model}: version {chosen.version} is champion{f', after {before.number}' if before else ''}")


def _roll_back(settings: TrainSettings, chosen: Namespace) -> None:
    from cinecote_train.access import open_database
    from cinecote_train.by_hand import roll_back
    from cinecote_train.tracking import Registry

    with open_database(settings.database_url.get_secret_value()) as engine:
        registry = Registry(settings.tracking_uri.get_secret_value(), chosen.model)
        now, withdrawn = roll_back(registry, engine, settings.own_key)
    print(f"{chosen.model}: version {now.number} is champion again, {withdrawn.number} is withdrawn")


def _doctor(settings: TrainSettings, _chosen: Namespace) -> None:
    from cinecote_train.console import console
    from cinecote_train.doctor import examine

    examine(console(), settings.tracking_uri.get_secret_value())


def _keys(_settings: TrainSettings, _chosen: Namespace) -> None:
    from cinecote.signature import new_keys

    private, public = new_keys()
    print(f"CINECOTE_SIGNING_KEY={private}")
    print(f"CINECOTE_VERIFY_KEY={public}")


_COMMANDS: dict[str, Command] = {
    "run": _train,
    "compare": _train,
    "score": _score,
    "history": _history,
    "promote": _promote,
    "rollback": _roll_back,
    "doctor": _doctor,
    "keys": _keys,
}
