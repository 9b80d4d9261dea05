"""A table of films to start from, as a visitor's spreadsheet opens it."""

import csv
import io
from collections.abc import Mapping, Sequence

from cinecote.features import Input
from cinecote_web.language import Language

_EXAMPLES: Mapping[str, Mapping[str, int]] = {
    "Amélie": {
        "revenue": 173_921_954,
        "budget": 10_000_000,
        "vote_count": 11_000,
        "runtime": 122,
        "release_year": 2001,
    },
    "Metropolis": {"budget": 1_300_000, "vote_count": 2_800, "runtime": 153, "release_year": 1927},
    "Le Grand Bleu": {"runtime": 168},
}


def table_to_start_from(language: Language, inputs: Sequence[Input]) -> str:
    """A few films in CSV with the columns of `inputs`, and the delimiter that a spreadsheet of that language takes."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";" if language.code == "fr" else ",")
    writer.writerow(["title", *(wanted.name for wanted in inputs)])
    writer.writerows([title, *(known.get(wanted.name) for wanted in inputs)] for title, known in _EXAMPLES.items())
    return text.getvalue()
