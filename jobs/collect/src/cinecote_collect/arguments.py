"""What is typed after `cinecote-collect`."""

import re
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from cinecote_collect.feeds import SAMPLE
from cinecote_collect.layouts import TMDB_API
from cinecote_collect.releases import iso_date
from cinecote_collect.tmdb.options import add_options

_SOURCE = re.compile(r"[a-z0-9-]{1,32}", re.ASCII)


def parse(typed: Sequence[str] | None = None) -> Namespace:
    """`command`, for csv `files`, `source` and `as_of`, for tmdb `votes`, `years`, `languages`, `ids` and `full`.

    Ends the process with 2 where they are not usable.
    """
    parser = ArgumentParser(prog="cinecote-collect", description="Collects films; safe to repeat and to interrupt.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("sample", help="collect the built-in sample of 3,200 films")
    commands.add_parser("status", help="show the last runs, what is stored, and what to do next")
    add_options(commands.add_parser("tmdb", help="collect from TMDB's API, or what has changed there since"))
    csv = commands.add_parser("csv", help="collect CSV files, gzipped or not; their columns tell the layout")
    csv.add_argument("files", nargs="+", type=Path, metavar="FILE")
    csv.add_argument("--source", type=_source, help="name of the source, instead of the layout's")
    csv.add_argument(
        "--as-of",
        type=_day,
        default=datetime.now(UTC).date(),
        metavar="YYYY-MM-DD",
        help="the day after which a release is in the future (default: today)",
    )
    return parser.parse_args(typed)


def _source(text: str) -> str:
    if not _SOURCE.fullmatch(text):
        raise ArgumentTypeError("a source's name has 1 to 32 of the characters a-z, 0-9 and -")
    if text in (SAMPLE, TMDB_API.name):
        raise ArgumentTypeError(f"{text} is the name of what cinecote-collect {text} collects")
    return text


def _day(text: str) -> date:
    try:
        return iso_date(text)
    except ValueError:
        raise ArgumentTypeError("not a date of the form 1998-06-12") from None
