"""What the columns of each known source mean, and how a header tells which source it is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from cinecote_collect.genres import json_genres, listed_genres, one_genre
from cinecote_collect.releases import iso_date, month_first_date

FIELDS = (
    "title", "release_date", "budget", "revenue", "runtime", "vote_count", "vote_average",
    "genres", "status", "adult", "id",
)  # fmt: skip
"""What can be read of a row, in the order in which every row is handed on."""

ABSENT = -1
"""The position of a field that the layout hasn't; its rows end in an empty cell that stands for all of those."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A way to write films as rows; `columns` names the column of each field that it has.

    `votes_per_tmdb_vote` brings its vote counts to TMDB's scale, and `vote_map` is that map's name.
    """

    name: str
    columns: Mapping[str, str]
    read_date: Callable[[str], date]
    read_genres: Callable[[str], tuple[str, ...]]
    vote_map: str
    votes_per_tmdb_vote: int = 1
    two_digit_years: bool = False
    articles_last: bool = False
    mac_letters: bool = False
    expires_after: timedelta | None = None
    renews: bool = False
    """Whether collecting a film again unchanged means that it was fetched anew: a file may be of any age."""

    @property
    def has_ids(self) -> bool:
        return "id" in self.columns

    def missing(self, header: Sequence[str]) -> list[str]:
        """The columns that it needs and `header` hasn't."""
        return [column for column in self.columns.values() if column not in header]

    def positions(self, header: Sequence[str]) -> tuple[int, ...]:
        """Where in a row each of FIELDS stands."""
        return tuple(header.index(self.columns[f]) if f in self.columns else ABSENT for f in FIELDS)

    def named(self, fields: Sequence[str]) -> dict[str, str]:
        """A row's fields by the names of their columns."""
        return {self.columns[f]: raw for f, raw in zip(FIELDS, fields, strict=True) if f in self.columns}


_FACTS = ("title", "release_date", "budget", "revenue", "runtime", "vote_count", "vote_average")
# TMDB's terms let nobody keep its content longer than six months; the rest is for a purge that comes late.
_TMDB_EXPIRES = timedelta(days=180 - 5)

CSV = Layout(
    name="csv",
    columns={**{fact: fact for fact in _FACTS}, "genres": "genre"},
    read_date=month_first_date,
    read_genres=one_genre,
    # IMDb's counts are about ten times TMDB's.
    votes_per_tmdb_vote=10,
    vote_map="imdb/10",
    two_digit_years=True,
    articles_last=True,
)
TMDB_5000 = Layout(
    name="tmdb-5000",
    columns={field: field for field in FIELDS if field != "adult"},
    read_date=iso_date,
    read_genres=json_genres,
    vote_map="tmdb",
    expires_after=_TMDB_EXPIRES,
)
TMDB_CSV = Layout(
    name="tmdb-csv",
    columns={field: field for field in FIELDS},
    read_date=iso_date,
    read_genres=listed_genres,
    vote_map="tmdb",
    expires_after=_TMDB_EXPIRES,
)

TMDB_API = Layout(
    name="tmdb",
    columns={field: field for field in FIELDS},
    read_date=iso_date,
    read_genres=json_genres,
    vote_map="tmdb",
    expires_after=_TMDB_EXPIRES,
    renews=True,
)

SYNTHETIC = replace(TMDB_CSV, name="synthetic", expires_after=None)

LAYOUTS = (TMDB_CSV, TMDB_5000, CSV)
"""Those of files, the one with most columns first: a header that fits it fits the next one too."""


def layout_of(header: Sequence[str]) -> Layout:
    """The layout that `header` belongs to; ValueError tells what the nearest one lacks."""
    nearest = min(LAYOUTS, key=lambda layout: len(layout.missing(header)))
    lacking = nearest.missing(header)
    if lacking:
        known = ", ".join(f"{layout.name} ({' '.join(layout.columns.values())})" for layout in reversed(LAYOUTS))
        raise ValueError(
            f"unknown columns: {nearest.name}, the nearest layout, also has {', '.join(lacking)}; known: {known}"
        )
    doubled = sorted({column for column in nearest.columns.values() if header.count(column) > 1})
    if doubled:
        raise ValueError(f"the header names {', '.join(doubled)} more than once")
    return nearest
