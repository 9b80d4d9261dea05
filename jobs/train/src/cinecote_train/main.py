"""`cinecote-train`: trains, compares, and decides which model is served."""

import argparse
import signal
import sys
from collections.abc import Callable, Sequence

from cinecote import exits
from cinecote.logs import configure_logs
from cinecote.settings import read_settings
from cinecote_train import telemetry
from cinecote_train.settings import TrainSettings

_GREATEST_SEED = 2**31 - 1
"""LightGBM's, the narrowest of the libraries."""

Command = Callable[[TrainSettings, argparse.Namespace], None]


def main() -> None:
    sys.exit(exits.run(lambda: run(sys.argv[1:])))


def run(arguments: Sequence[str]) -> None:
    """Do what the arguments say; CommandError where it can't be done, SystemExit 2 for unusable arguments."""
    chosen = _parser().parse_args(arguments)
    # A training that is told to end closes its rows and runs, as on Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    settings = read_settings(TrainSettings)
    configure_logs("train", settings.log_level, settings.log_format)
    telemetry.switch_off()
    command: Command = chosen.command
    command(settings, chosen)


def _train(settings: TrainSettings, chosen: argparse.Namespace) -> None:
    if chosen.first and _has_champion(settings):
        return
    # Here rather than above: what these import takes seconds, and --help needs none of it.
    from cinecote_train import gate, report, search
    from cinecote_train.access import open_database
    from cinecote_train.console import console
    from cinecote_train.progress import watching
    from cinecote_train.recipe import Budget, Recipe
    from cinecote_train.training import train

    thorough = chosen.name == "compare"
    recipe = Recipe(chosen.name, search.COMPARE if thorough else search.RUN, chosen.seed)
    budget = Budget(float("inf") if thorough else settings.budget_seconds)
    with open_database(settings.database_url.get_secret_value()) as engine, watching() as watcher:
        trained = train(engine, settings, recipe, budget, watcher)
    out = console()
    report.show_findings(out, trained.findings)
    report.show_outcome(out, trained.findings, trained.settled)
    if trained.settled.decision.kind == gate.REFUSED:
        raise exits.Refused(f"the new model is not served: {trained.settled.decision.reason}")


def _has_champion(settings: TrainSettings) -> bool:
    from cinecote_train.tracking import Registry

    champion = Registry(settings.tracking_uri.get_secret_value()).champion()
    if champion:
        print(f"version {champion.number} is champion already: nothing to do")
    return champion is not None


def _history(settings: TrainSettings, _chosen: argparse.Namespace) -> None:
    from cinecote import ledger
    from cinecote_train.access import open_database
    from cinecote_train.console import console
    from cinecote_train.history import show_history

    with open_database(settings.database_url.get_secret_value()) as engine, engine.connect() as connection:
        entries = ledger.entries(connection)
    show_history(console(), entries)


def _keys(_settings: TrainSettings, _chosen: argparse.Namespace) -> None:
    from cinecote.signature import new_keys

    private, public = new_keys()
    print(f"CINECOTE_SIGNING_KEY={private}")
    print(f"CINECOTE_VERIFY_KEY={public}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="cinecote-train", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command", dest="name")
    for name, told in (
        ("run", "compare the algorithms within CINECOTE_TRAIN_BUDGET_S and promote the best"),
        ("compare", "the same with the full search, without a time budget"),
    ):
        training = commands.add_parser(name, help=told, description=told)
        training.add_argument("--seed", type=_seed, default=0, help="settles every draw (default: 0)")
        training.add_argument("--first", action="store_true", help="do nothing where there is a champion already")
        training.set_defaults(command=_train)
    told = "what was promoted and refused, the newest first"
    commands.add_parser("history", help=told, description=told).set_defaults(command=_history)
    told = "make a pair of keys: training signs models with one, the api checks them with the other"
    commands.add_parser("keys", help=told, description=told).set_defaults(command=_keys)
    return parser


def _seed(said: str) -> int:
    if not said.isdecimal() or int(said) > _GREATEST_SEED:
        raise argparse.ArgumentTypeError(f"must be a whole number from 0 to {_GREATEST_SEED}")
    return int(said)
