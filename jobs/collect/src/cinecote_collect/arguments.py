"""What is typed after `cinecote-collect`."""

import re
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import SplitResult

from cinecote_collect.addresses import read_address
from cinecote_collect.feeds import SAMPLE
from cinecote_collect.layouts import SYNTHETIC, TMDB_API
from cinecote_collect.releases import iso_date
from cinecote_collect.synthetic.films import MOST_FILMS
from cinecote_collect.tmdb.options import add_options

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.ASCII | re.IGNORECASE)
_SOURCE = re.compile(r"[a-z0-9-]{1,32}", re.ASCII)


def parse(typed: Sequence[str] | None = None) -> Namespace:
    """`command` and what it takes; ends the process with 2 where that isn't usable."""
    parser = ArgumentParser(prog="cinecote-collect", description="Collects films; safe to repeat and to interrupt.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("sample", help="collect the built-in sample of 3,200 films")
    commands.add_parser("purge", help="delete what may not be kept any longer: expired films, old predictions")
    commands.add_parser("status", help="show the last runs, what is stored, and what to do next")
    add_options(commands.add_parser("tmdb", help="collect from TMDB's API, or what has changed there since"))
    csv = commands.add_parser(
        "csv", help="collect CSV files, gzipped or not, of this machine or the net; their columns tell the layout"
    )
    csv.add_argument("files", nargs="+", type=_place, metavar="FILE", help="a path, or an https:// address")
    csv.add_argument("--source", type=_source, help="name of the source, instead of the layout's")
    csv.add_argument(
        "--as-of",
        type=_day,
        default=datetime.now(UTC).date(),
        metavar="YYYY-MM-DD",
        help="the day after which a release is in the future (default: today)",
    )
    synthetic = commands.add_parser(
        "synthetic", help="collect made-up films in the shapes of real ones, for tests of scale"
    )
    synthetic.add_argument("--films", type=_films, required=True, metavar="N", help=f"how many, 1 to {MOST_FILMS:,}")
    synthetic.add_argument("--seed", type=int, default=0, help="other films for another number (default: 0)")
    return parser.parse_args(typed)


def _source(text: str) -> str:
    if not _SOURCE.fullmatch(text):
        raise ArgumentTypeError("a source's name has 1 to 32 of the characters a-z, 0-9 and -")
    if text in (SAMPLE, TMDB_API.name, SYNTHETIC.name):
        raise ArgumentTypeError(f"{text} is the name of what cinecote-collect {text} collects")
    return text


def _place(text: str) -> Path | SplitResult:
    if not _SCHEME.match(text):
        return Path(text)
    try:
        return read_address(text)
    except ValueError as fault:
        raise ArgumentTypeError(str(fault)) from None


def _films(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(MOST_FILMS)) and 1 <= int(text) <= MOST_FILMS):
        raise ArgumentTypeError(f"not a whole number from 1 to {MOST_FILMS:,}")
    return int(text)


def _day(text: str) -> date:
    try:
        return iso_date(text)
    except ValueError:
        raise ArgumentTypeError("not a date of the form 1998-06-12") from None
