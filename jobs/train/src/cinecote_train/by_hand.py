"""A person's own word on which version is served: under the same lock and ledger as training."""

from sqlalchemy import Engine

from cinecote import ledger
from cinecote.database import promotion_lock
from cinecote.exits import Refused
from cinecote.registry import BrokenModel
from cinecote_train.stored import read_stored
from cinecote_train.tracking import Registry
from cinecote_train.versions import Version

_PROMOTED = "asked for with cinecote-train promote"
_ROLLED_BACK = "asked for with cinecote-train rollback"


def promote(registry: Registry, engine: Engine, number: str, key: str | None) -> Version | None:
    """Make the version champion, whatever the gate said of it; the champion before.

    Refused where there is no such version or it can't be served, AlreadyRunning during another promotion.
    """
    with promotion_lock(engine, wait=False):
        wanted, champion = registry.version(number), registry.champion()
        if wanted is None:
            raise Refused(f"{registry.model} has no version {number}")
        if wanted != champion:
            _move(registry, engine, wanted, champion, ledger.PROMOTED, _PROMOTED, key)
        return champion


def roll_back(registry: Registry, engine: Engine, key: str | None) -> tuple[Version, Version]:
    """Make the champion before this one champion again; it, and the one that was withdrawn.

    Refused where there is none or it can't be served, AlreadyRunning during another promotion.
    """
    with promotion_lock(engine, wait=False):
        champion = registry.champion()
        if champion is None:
            raise Refused(f"{registry.model} has no champion")
        before = _behind(registry, engine, champion)
        _move(registry, engine, before, champion, ledger.ROLLED_BACK, _ROLLED_BACK, key)
        return before, champion


def _behind(registry: Registry, engine: Engine, champion: Version) -> Version:
    with engine.connect() as connection:
        candidates = ledger.behind(champion.number, ledger.entries(connection, model=registry.model))
    for number in candidates:
        if (found := registry.version(number)) is not None:
            return found
    raise Refused(f"no champion of {registry.model} was before version {champion.number}")


def _move(
    registry: Registry,
    engine: Engine,
    to: Version,
    champion: Version | None,
    decision: str,
    reason: str,
    key: str | None,
) -> None:
    """Check the version, write the decision down, and move the alias last."""
    try:
        stored = read_stored(registry, to, key)
    except BrokenModel as fault:
        raise Refused(f"version {to.number} of {registry.model} can't be served: {fault}") from None
    if key and not stored.signed:
        raise Refused(f"version {to.number} of {registry.model} isn't signed with CINECOTE_SIGNING_KEY")
    before = champion.number if champion else None
    ledger.record(engine, to.number, before, decision, reason, {}, registry.model)
    registry.make_champion(to)
