"""What can be typed after `cinecote-train`."""

import argparse
import os
import re
from pathlib import Path

from cinecote.models import AFTER_RELEASE, MODELS
from cinecote_train.dask_workers import LOCAL

_GREATEST_SEED = 2**31 - 1
"""LightGBM's, the narrowest of the libraries."""

_TOLD = {
    "run": "compare five algorithms within CINECOTE_TRAIN_BUDGET_S and promote the best",
    "compare": "the same with every algorithm and a soft vote of the best, the full search and no time budget",
    "score": "keep the champion's answer to each stored film, where it isn't kept yet",
    "history": "what was promoted and refused, the newest first",
    "promote": "make a version champion, whatever the gate said of it",
    "rollback": "make the champion before this one champion again",
    "doctor": "try out what the server at MLFLOW_TRACKING_URI can do, and say what will be used",
    "keys": "make a pair of keys: training signs models with one, the api checks them with the other",
}

_SHARED = (
    "share the work out with Dask: among CINECOTE_TRAIN_JOBS processes of this machine, "
    "or the workers of the scheduler at this address (tcp://host:8786)"
)


def parser(description: str) -> argparse.ArgumentParser:
    """Parses to `name`, the command, and its options; `models` of a training are their names."""
    whole = argparse.ArgumentParser(prog="cinecote-train", description=description)
    commands = whole.add_subparsers(required=True, metavar="command", dest="name")
    by_name = {name: commands.add_parser(name, help=told, description=told) for name, told in _TOLD.items()}
    names = [model.name for model in MODELS]
    for name in ("run", "compare"):
        training = by_name[name]
        training.add_argument("--model", choices=names, help="this model alone (default: both)")
        training.add_argument("--seed", type=_seed, default=0, help="settles every draw (default: 0)")
        training.add_argument(
            "--accept-data", action="store_true", help="learn from films that are far from the champion's all the same"
        )
        training.add_argument("--report", type=_file, metavar="PATH", help="put the page of the comparison there too")
        only = training.add_mutually_exclusive_group()
        only.add_argument("--first", action="store_true", help="leave a model that has a champion as it is")
        only.add_argument(
            "--if-drifted",
            action="store_true",
            help="leave a model as it is unless films unlike its own are asked about, and any within the cool-down",
        )
    for name in ("run", "compare", "score"):
        by_name[name].add_argument("--dask", type=_scheduler, metavar="local|ADDRESS", help=_SHARED)
    for name in ("score", "promote", "rollback"):
        default = AFTER_RELEASE.name
        by_name[name].add_argument("--model", choices=names, default=default, help=f"default: {default}")
    by_name["promote"].add_argument("version", help="its number in the registry")
    return whole


def _file(said: str) -> Path:
    path = Path(said)
    if path.is_dir() or not os.access(path.parent, os.W_OK):
        raise argparse.ArgumentTypeError("must be a file in a folder that can be written to")
    return path


def _scheduler(said: str) -> str:
    if said != LOCAL and not re.fullmatch(r"(tcp|tls)://[^\s/@]+:\d{1,5}", said):
        raise argparse.ArgumentTypeError("must be local, or a scheduler's address such as tcp://host:8786")
    return said


def _seed(said: str) -> int:
    if not said.isdecimal() or int(said) > _GREATEST_SEED:
        raise argparse.ArgumentTypeError(f"must be a whole number from 0 to {_GREATEST_SEED}")
    return int(said)
