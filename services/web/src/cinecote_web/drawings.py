"""What is drawn of each named query: which column stands along which axis."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Drawing:
    """Bars of the `measure` for each value of `along`, in parts by the column `parts` where there is one.

    With several `measures` each has a bar of its own, named after its column. `lying` bars go to the right: for names.
    """

    along: str
    measures: tuple[str, ...]
    parts: str | None = None
    lying: bool = False


_WITHOUT = tuple(f"without_{name}" for name in ("revenue", "budget", "vote_count", "runtime", "release_date"))

DRAWINGS: Mapping[str, Drawing] = {
    "films-by-year-and-category": Drawing("year", ("films",), parts="category"),
    "returns-by-decade": Drawing("decade", ("returns",)),
    "unknown-inputs-by-source": Drawing("source", _WITHOUT, lying=True),
    "genres-by-category": Drawing("genre", ("films",), parts="category", lying=True),
    "runtimes": Drawing("minutes", ("films",)),
    "votes": Drawing("votes", ("films",)),
    "ratings": Drawing("rating", ("films",)),
    "budgets-by-year": Drawing("year", ("mean_budget",)),
    "categories-by-source": Drawing("source", ("films",), parts="category", lying=True),
}
"""A query that isn't here is shown as its table alone."""
