"""The promotions' ledger, in the database."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, Row, insert, select

from cinecote.database import now
from cinecote.registry import MODEL_NAME
from cinecote.tables import promotions
from cinecote_train.gate import Decision

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


def record(engine: Engine, version: str, previous: str | None, decision: Decision) -> None:
    """Write the decision down, unless it is the last one written: a run killed right after it says it again."""
    with engine.begin() as connection:
        last = _last(connection)
        if last is not None and (last.version, last.decision, last.reason) == (
            version,
            decision.kind,
            decision.reason,
        ):
            return
        connection.execute(
            insert(promotions).values(
                at=now(),
                model=MODEL_NAME,
                version=version,
                previous=previous,
                decision=decision.kind,
                reason=decision.reason,
                metrics=decision.metrics,
            )
        )


def entries(engine: Engine) -> list[Entry]:
    """Every decision, the newest first."""
    columns = [promotions.c[name] for name in Entry.__dataclass_fields__]
    wanted = select(*columns).where(promotions.c.model == MODEL_NAME).order_by(promotions.c.id.desc())
    with engine.connect() as connection:
        return [Entry(*row) for row in connection.execute(wanted)]


def _last(connection: Connection) -> Row[str, str, str] | None:
    wanted = select(promotions.c.version, promotions.c.decision, promotions.c.reason)
    return connection.execute(
        wanted.where(promotions.c.model == MODEL_NAME).order_by(promotions.c.id.desc()).limit(1)
    ).first()
