"""What is in the database, how the last runs went, and what to do next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection, Row, case, desc, func, select

from cinecote.database import now
from cinecote.film_orders import missing_orders
from cinecote.tables import films, job_runs, predictions, rejections
from cinecote_collect.collecting import JOB as COLLECT
from cinecote_collect.purging import JOB as PURGE
from cinecote_collect.purging import over_time
from cinecote_collect.report import OUTCOMES, table
from cinecote_collect.rules import Rule
from cinecote_collect.tmdb import passes, wanted
from cinecote_collect.tmdb.passes import Pass

_SOON = timedelta(days=30)

_REJECTIONS = (
    select(rejections.c.source, rejections.c.rule, func.count())
    .group_by(rejections.c.source, rejections.c.rule)
    .order_by(rejections.c.source, desc(func.count()), rejections.c.rule)
)
_SENTENCES = {rule.value: rule.does for rule in Rule}

Rows = Sequence[Row[*tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class _Found:
    """What the next step follows from: the runs and sources, newest and by name, and what purge would delete."""

    runs: Rows
    sources: Rows
    over_time: dict[str, bool]
    orders_missing: bool


def print_status(connection: Connection, console: Console, prediction_days: int) -> None:
    """The last runs, the films by source and age, the rejections by rule, and the next step."""
    moment = now()
    found = _Found(
        runs=connection.execute(_last_runs(COLLECT)).all(),
        sources=connection.execute(_sources(moment)).all(),
        over_time={
            over.name: connection.execute(select(over.c.id).where(condition).limit(1)).first() is not None
            for over, condition in over_time(moment, prediction_days)
        },
        orders_missing=bool(missing_orders(connection)),
    )
    purges = connection.execute(_last_runs(PURGE)).all()
    broken = connection.execute(_REJECTIONS).all()
    for shown in (_runs(found.runs), _purges(purges), _films(found.sources, moment), _rejections(broken)):
        if shown.row_count:
            console.print(shown)
    reached = passes.last_pass(connection)
    if reached is not None:
        console.print(_pass(reached, connection), soft_wrap=True)
    console.print(f"Next: {_next_step(found)}", soft_wrap=True)


def _last_runs(job: str) -> Any:
    return select(job_runs).where(job_runs.c.job == job).order_by(desc(job_runs.c.id)).limit(5)


def _sources(moment: datetime) -> Any:
    """By source: its films, the oldest and the newest, the first to expire, how many have and how many will soon."""
    expired = func.count(case((films.c.expires_at <= moment, 1)))
    soon = func.count(case((films.c.expires_at <= moment + _SOON, 1)))
    return (
        select(
            films.c.source,
            func.count().label("films"),
            func.min(films.c.fetched_at).label("oldest"),
            func.max(films.c.fetched_at).label("newest"),
            func.min(films.c.expires_at).label("expires"),
            expired.label("expired"),
            (soon - expired).label("soon"),
        )
        .group_by(films.c.source)
        .order_by(films.c.source)
    )


def _runs(runs: Rows) -> Table:
    shown = table("Last runs", "started (UTC)", "seconds", "status", *OUTCOMES, numbers=("seconds", *OUTCOMES))
    for run in runs:
        counts = (f"{run.counts[outcome]:,}" if outcome in run.counts else "" for outcome in OUTCOMES)
        shown.add_row(_minute(run.started_at), _seconds(run), run.status, *counts)
    return shown


def _purges(runs: Rows) -> Table:
    names = [each.name for each in (films, rejections, predictions)]
    shown = table("Last purges", "started (UTC)", "seconds", "status", *names, numbers=("seconds", *names))
    for run in runs:
        counts = (f"{run.counts[name]:,}" if name in run.counts else "" for name in names)
        shown.add_row(_minute(run.started_at), _seconds(run), run.status, *counts)
    return shown


def _films(sources: Rows, moment: datetime) -> Table:
    columns = (
        "source",
        "films",
        "newest fetched (UTC)",
        "oldest fetched (UTC)",
        "oldest: days",
        "first expires",
        "expired",
    )
    shown = table("Films", *columns, numbers=("films", "oldest: days", "expired"))
    for source in sources:
        expires = _minute(source.expires) if source.expires else "never"
        age = f"{(moment - source.oldest).days:,}"
        counts = (f"{source.films:,}", f"{source.expired:,}")
        shown.add_row(source.source, counts[0], _minute(source.newest), _minute(source.oldest), age, expires, counts[1])
    return shown


def _rejections(broken: Rows) -> Table:
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
        left, total = wanted.count_asked(connection), wanted.count(connection)
        return f"{begun} has {left:,} of {total:,} films to ask for; cinecote-collect tmdb goes on there"
    due = reached.next_full()
    return f"{begun} is over; cinecote-collect tmdb asks for what changed since, and from {due} on for all films again"


def _next_step(found: _Found) -> str:
    due = [name for name, is_over in found.over_time.items() if is_over]
    if due:
        return f"cinecote-collect purge deletes {' and '.join(due)} that may not be kept any longer"
    if not found.sources:
        return "cinecote-collect sample collects the built-in films"
    if found.runs and found.runs[0].status == "refused":
        return f"the last run was refused: {found.runs[0].counts.get('reason', 'for a reason that it did not leave')}"
    if found.runs and found.runs[0].status != "succeeded":
        return f"the last run is {found.runs[0].status}; unless it is still at work, repeat its command to go on"
    if found.orders_missing:
        return "cinecote-migrate makes the indexes of the films' orders, which a load left out"
    expiring = [source for source in found.sources if source.soon]
    if expiring:
        named = ", ".join(f"{source.soon:,} films of {source.source}" for source in expiring)
        return f"collect again what is to stay: {named} expire within {_SOON.days} days"
    return "cinecote-train run trains on these films"


def _seconds(run: Row[*tuple[Any, ...]]) -> str:
    return f"{(run.finished_at - run.started_at).total_seconds():,.1f}" if run.finished_at else ""


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
