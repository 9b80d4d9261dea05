"""What is typed after `cinecote-collect tmdb`."""

import re
from argparse import ArgumentParser, ArgumentTypeError, Namespace

from cinecote.films import EARLIEST_YEAR
from cinecote_collect.tmdb.filters import LATEST_YEAR, Filters

_YEARS = re.compile(r"(\d{4})?-(\d{4})?|(\d{4})", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2}")


def filters(typed: Namespace) -> Filters:
    """Which films the options of tmdb ask for."""
    return Filters(typed.votes, typed.years[0], typed.years[1], tuple(typed.languages))


def add_options(tmdb: ArgumentParser) -> None:
    """`votes`, `years`, `languages`, `ids` and `full`."""
    tmdb.add_argument("--votes", type=_votes, default=50, metavar="N", help="films with at least N votes (default: 50)")
    tmdb.add_argument(
        "--years",
        type=_years,
        default=(EARLIEST_YEAR, LATEST_YEAR),
        metavar="A-B",
        help="released in A to B (default: all)",
    )
    tmdb.add_argument(
        "--languages", type=_languages, default=[], metavar="en,fr", help="in these languages (default: all)"
    )
    tmdb.add_argument(
        "--ids",
        choices=("discover", "export"),
        default="discover",
        help="where a full pass finds the films: in lists by day of release, or in the daily file of all ids, most of "
        "which the votes then leave out (default: discover)",
    )
    tmdb.add_argument("--full", action="store_true", help="ask for all films, not only for those that changed")


def _votes(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise ArgumentTypeError("not a number of votes")
    return int(text)


def _years(text: str) -> tuple[int, int]:
    found = _YEARS.fullmatch(text)
    if found is None or text == "-":
        raise ArgumentTypeError("not years of the form 1990-2025, 1990- or -2025")
    first, last = int(found[1] or found[3] or EARLIEST_YEAR), int(found[2] or found[3] or LATEST_YEAR)
    if not EARLIEST_YEAR <= first <= last:
        raise ArgumentTypeError(f"the first year is from {EARLIEST_YEAR} on, and the last one not before it")
    return first, last


def _languages(text: str) -> list[str]:
    languages = sorted(set(text.split(",")))
    if not all(map(_LANGUAGE.fullmatch, languages)):
        raise ArgumentTypeError("languages have two letters each, with commas between")
    return languages
