"""What is in the database, how the last runs went, and what to do next."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection, Row, desc, func, select

from cinecote.tables import films, job_runs, rejections
from cinecote_collect.collecting import JOB
from cinecote_collect.report import OUTCOMES, table
from cinecote_collect.rules import Rule
from cinecote_collect.tmdb import passes, wanted
from cinecote_collect.tmdb.passes import Pass

_LAST_RUNS = select(job_runs).where(job_runs.c.job == JOB).order_by(desc(job_runs.c.id)).limit(5)
_SOURCES = (
    select(films.c.source, func.count(), func.max(films.c.fetched_at), func.min(films.c.fetched_at))
    .group_by(films.c.source)
    .order_by(films.c.source)
)
_REJECTIONS = (
    select(rejections.c.source, rejections.c.rule, func.count())
    .group_by(rejections.c.source, rejections.c.rule)
    .order_by(rejections.c.source, desc(func.count()), rejections.c.rule)
)


_SENTENCES = {rule.value: rule.does for rule in Rule}


def print_status(connection: Connection, console: Console) -> None:
    """The last runs, the films by source, the rejections by rule, and the next step."""
    runs = connection.execute(_LAST_RUNS).all()
    sources = connection.execute(_SOURCES).all()
    for shown in (_runs(runs), _films(sources), _rejections(connection.execute(_REJECTIONS).all())):
        if shown.row_count:
            console.print(shown)
    reached = passes.last_pass(connection)
    if reached is not None:
        console.print(_pass(reached, connection), soft_wrap=True)
    console.print(f"Next: {_next_step(runs, sources)}", soft_wrap=True)


def _runs(runs: Sequence[Row[*tuple[Any, ...]]]) -> Table:
    shown = table("Last runs", "started (UTC)", "seconds", "status", *OUTCOMES, numbers=("seconds", *OUTCOMES))
    for run in runs:
        seconds = f"{(run.finished_at - run.started_at).total_seconds():,.1f}" if run.finished_at else ""
        counts = (f"{run.counts[outcome]:,}" if outcome in run.counts else "" for outcome in OUTCOMES)
        shown.add_row(_minute(run.started_at), seconds, run.status, *counts)
    return shown


def _films(sources: Sequence[Row[str, int, datetime, datetime]]) -> Table:
    shown = table("Films", "source", "films", "newest fetched (UTC)", "oldest fetched (UTC)", numbers=("films",))
    for source, count, newest, oldest in sources:
        shown.add_row(source, f"{count:,}", _minute(newest), _minute(oldest))
    return shown


def _rejections(broken: Sequence[Row[str, str, int]]) -> Table:
    shown = table("Rejections kept", "source", "rule", "what it does", "rows", numbers=("rows",))
    for source, rule, count in broken:
        shown.add_row(source, rule, _SENTENCES.get(rule, ""), f"{count:,}")
    return shown


def _pass(reached: Pass, connection: Connection) -> str:
    """How far TMDB's pass is, and what its next run will do."""
    begun = f"TMDB: the {reached.kind} pass of {reached.began}"
    if reached.stage == "listing":
        known = f" up to releases of {reached.listed_to}" if reached.listed_to else ""
        return f"{begun} is listing films{known}; cinecote-collect tmdb goes on there"
    if reached.stage == "films":
        left, total = wanted.count(connection, "wanted"), wanted.count(connection)
        return f"{begun} has {left:,} of {total:,} films to ask for; cinecote-collect tmdb goes on there"
    latest = reached.began + passes.TOO_LONG_AGO
    return f"{begun} is over; cinecote-collect tmdb asks for what changed since, or after {latest} for all films again"


def _next_step(runs: Sequence[Row[*tuple[Any, ...]]], sources: Sequence[Row[str, int, datetime, datetime]]) -> str:
    if not sources:
        return "cinecote-collect sample collects the built-in films"
    if runs and runs[0].status == "refused":
        return f"the last run was refused: {runs[0].counts.get('reason', 'for a reason that it did not leave')}"
    if runs and runs[0].status != "succeeded":
        return f"the last run is {runs[0].status}; unless it is still at work, repeat its command to go on"
    return "cinecote-train run trains on these films"


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
