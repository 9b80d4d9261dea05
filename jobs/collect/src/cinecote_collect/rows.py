"""A row on its way: as read, cleaned, or rejected. All are plain tuples, cheap to hand to another process."""

import hashlib
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple, Self

from cinecote.films import Film
from cinecote_collect.rules import Rule

SAID = (
    "title", "release_date", "revenue", "budget", "runtime", "vote_count", "vote_count_raw", "vote_map",
    "vote_average", "genres", "status",
)  # fmt: skip
"""The columns of `films` that a source's word fills."""

_said = attrgetter(*SAID)


class RawRow(NamedTuple):
    """A row as read: the number of the line that it begins on, and its fields in the order of `layouts.FIELDS`.

    Where `fault` says why the row can't be read, `fields` are its cells as they came.
    """

    line: int
    fields: tuple[str, ...]
    fault: str | None = None


class CleanRow(NamedTuple):
    """A film that cleaning made of a row, what it `said` in the order of SAID, and the repairs that it took.

    `votes` is the source's own count, -1 where that is unknown.
    """

    raw: RawRow
    source_id: str
    title: str
    votes: int
    content_hash: str
    said: tuple[Any, ...]
    repairs: tuple[Rule, ...]

    @classmethod
    def of(cls, raw: RawRow, film: Film, repairs: list[Rule]) -> Self:
        votes = -1 if film.vote_count_raw is None else film.vote_count_raw
        return cls(raw, film.source_id, film.title, votes, film.content_hash(), _said(film), tuple(repairs))


class Rejection(NamedTuple):
    """A row that is not stored as a film: the rule that it breaks, by what in which field, and all that it said."""

    line: int
    rule: Rule
    field: str | None
    raw_value: str | None
    raw_row: dict[str, str] | list[str]

    def stored(self, source: str, moment: datetime) -> dict[str, Any]:
        """As a row of the table `rejections`."""
        return {
            "source": source,
            "line": self.line,
            "rule": self.rule.value,
            "field": self.field,
            "raw_value": self.raw_value,
            "raw_row": self.raw_row,
            "raw_hash": hashlib.blake2b(repr(self.raw_row).encode(), digest_size=16).hexdigest(),
            "rejected_at": moment,
        }


class Batch(NamedTuple):
    """A part of the run's feed number `feed`: at most one row a film, and the rejections of all its other rows.

    `lines` of its file were read for it; it is empty where they were read to be compared only.
    """

    feed: int
    lines: int
    rows: list[CleanRow]
    rejected: list[Rejection]
