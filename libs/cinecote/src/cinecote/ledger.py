"""The promotions' ledger, in the database: which version was made champion, refused or withdrawn, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, insert, select

from cinecote.database import now
from cinecote.registry import MODEL_NAME
from cinecote.tables import promotions

PROMOTED = "promoted"
REFUSED = "refused"
ROLLED_BACK = "rolled_back"

UNREGISTERED = "unregistered"
"""Stands for a version where a model was refused before it got one."""


@dataclass(frozen=True)
class Entry:
    """One decision on a version, and the version that was champion before it."""

    at: datetime
    version: str
    previous: str | None
    decision: str
    reason: str
    metrics: Mapping[str, Any]


def record(
    engine: Engine,
    version: str,
    previous: str | None,
    decision: str,
    reason: str,
    metrics: Mapping[str, float],
    model: str = MODEL_NAME,
) -> None:
    """Write the decision down, unless it is the last one written: who was killed right after it says it again."""
    said = {"version": version, "decision": decision, "reason": reason}
    with engine.begin() as connection:
        last = entries(connection, limit=1, model=model)
        if last and all(getattr(last[0], name) == value for name, value in said.items()):
            return
        row = said | {"at": now(), "model": model, "previous": previous, "metrics": metrics}
        connection.execute(insert(promotions).values(row))


def entries(connection: Connection, limit: int | None = None, model: str = MODEL_NAME) -> list[Entry]:
    """The decisions on the versions of `model`, the newest first; with `limit`, so many at most."""
    columns = [promotions.c[name] for name in Entry.__dataclass_fields__]
    wanted = select(*columns).where(promotions.c.model == model).order_by(promotions.c.id.desc())
    return [Entry(*row) for row in connection.execute(wanted.limit(limit))]


def behind(champion: str, history: Sequence[Entry]) -> list[str]:
    """The versions that `champion` took over from, the last one first, given the history with the newest first."""
    line = _line_of_champions(history)
    # Moved by hand, the alias may name a version that the ledger knows nothing of: the last known one is behind it.
    if champion in line:
        line = line[: line.index(champion)]
    return line[::-1]


def withdrawn(history: Sequence[Entry]) -> set[str]:
    """The versions that a rollback took out of service and nothing has promoted since."""
    out: set[str] = set()
    for entry in reversed(history):
        if entry.decision in (PROMOTED, ROLLED_BACK):
            out.discard(entry.version)
        if entry.decision == ROLLED_BACK and entry.previous:
            out.add(entry.previous)
    return out


def _line_of_champions(history: Sequence[Entry]) -> list[str]:
    """The champions that led to the present one, each once; what was rolled back is no longer among them."""
    line: list[str] = []
    for entry in reversed(history):
        if entry.decision == ROLLED_BACK:
            given_up = line.index(entry.version) if entry.version in line else len(line)
            line = [version for version in line[:given_up] if version != entry.previous] + [entry.version]
        elif entry.decision == PROMOTED:
            line = [version for version in line if version != entry.version] + [entry.version]
    return line
