"""A pass over TMDB's films, which may take several runs: the cursor of `job_runs` says how far it is."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, select, update

from cinecote.tables import job_runs
from cinecote_collect.layouts import TMDB_API
from cinecote_collect.tmdb.filters import Filters

Ids = Literal["discover", "export"]
FULL_EVERY = timedelta(days=30)
"""Votes aren't announced as changes: a film that has come to have enough of them is found by a full pass alone."""
_OVERLAP = timedelta(days=1)
_DAYS = ("began", "since", "listed_to", "full")
# As `Pass.text` begins: the source first.
_PREFIX = json.dumps({"source": TMDB_API.name}).removesuffix("}")


@dataclass(frozen=True, slots=True)
class Pass:
    """A pass that `began` on a day: over all films, or over those changed `since` a day and those about to expire.

    First the ids are listed, by release days up to `listed_to` where that is known; then the films are asked for. The
    last full pass before one over changes began on the day `full`. What the contract has counted of it is `judged`.
    """

    began: date
    filters: Mapping[str, Any]
    ids: Ids = "discover"
    since: date | None = None
    stage: Literal["listing", "films", "done"] = "listing"
    listed_to: date | None = None
    full: date | None = None
    judged: Mapping[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return "full" if self.since is None else "changes"

    def text(self) -> str:
        return json.dumps({"source": TMDB_API.name, **asdict(self)}, default=str)

    @classmethod
    def of(cls, text: str) -> "Pass":
        said = json.loads(text)
        del said["source"]
        # Cursors of earlier versions don't say all.
        days = {name: said.get(name) and date.fromisoformat(said[name]) for name in _DAYS}
        return cls(**{**said, **days})

    def next_full(self) -> date:
        """The day from which on a full pass is due."""
        last = self.began if self.since is None else self.full
        return date.min if last is None else last + FULL_EVERY

    def at(self, stage: Literal["listing", "films", "done"], listed_to: date | None = None) -> "Pass":
        return replace(self, stage=stage, listed_to=listed_to)


def last_pass(connection: Connection) -> Pass | None:
    """The pass that the newest run with a cursor of TMDB's was at."""
    newest = (
        select(job_runs.c.cursor)
        .where(job_runs.c.cursor.startswith(_PREFIX, autoescape=True))
        .order_by(job_runs.c.id.desc())
        .limit(1)
    )
    text = connection.scalar(newest)
    return None if text is None else Pass.of(text)


def save(connection: Connection, run: int, reached: Pass) -> None:
    """Say how far run number `run` has come."""
    connection.execute(update(job_runs).where(job_runs.c.id == run).values(cursor=reached.text()))


def next_pass(last: Pass | None, filters: Filters, ids: Ids, today: date, *, full: bool) -> Pass:
    """The pass to be made: the last one where it isn't over, otherwise what changed since it began, or all again."""
    anew = Pass(today, filters.said(), ids)
    if last is None or last.filters != anew.filters or (full and (last.since or last.stage != "films")):
        return anew
    if last.stage == "films":
        return last
    # A list takes minutes: one that began long ago is of films that have changed since.
    if last.stage == "listing" and today - last.began <= _OVERLAP:
        return last
    if today >= last.next_full() or (last.stage == "listing" and last.since is None):
        return anew
    since = last.since if last.stage == "listing" else last.began - _OVERLAP
    return replace(anew, since=since, full=last.full if last.since else last.began)
