"""What becomes of a model once it is made: registered, judged, promoted or refused, and written down."""

from dataclasses import dataclass

from sqlalchemy import Engine

from cinecote import ledger
from cinecote.database import promotion_lock
from cinecote.registry import BrokenModel, Manifest
from cinecote_train import gate
from cinecote_train.card import markdown
from cinecote_train.champion import Champion, read_champion
from cinecote_train.evidence import beside, worth
from cinecote_train.gate import Decision
from cinecote_train.manifest import Made
from cinecote_train.settings import TrainSettings
from cinecote_train.stored import StoredModel, read_stored
from cinecote_train.tracking import Registry
from cinecote_train.versions import Version


@dataclass(frozen=True)
class Settled:
    """The decision, and the version it is about (None where there is none)."""

    decision: Decision
    version: str | None


def settle(registry: Registry, engine: Engine, made: Made, manifest: Manifest, settings: TrainSettings) -> Settled:
    """Register and judge a model whose files are among its run's artifacts.

    Each step finds what a killed run left of it: the version by its graph, the ledger's row by being the last one. The
    alias moves last, so that a champion always has its row. A rollback waits for the end, or is waited for.
    """
    with promotion_lock(engine, wait=True):
        return _Settlement(registry, engine, made, manifest, settings).settle()


def refuse(registry: Registry, engine: Engine, said: Decision) -> Settled:
    """Write down that a model was not even registered."""
    with promotion_lock(engine, wait=True):
        _record(registry, engine, ledger.UNREGISTERED, registry.champion(), said)
    return Settled(said, None)


@dataclass(frozen=True)
class _Settlement:
    """What `settle` goes by."""

    registry: Registry
    engine: Engine
    made: Made
    manifest: Manifest
    settings: TrainSettings

    def settle(self) -> Settled:
        champion = read_champion(self.registry, self.made.training, self.settings.own_key)
        if isinstance(champion, Champion) and self._is_alike(champion.stored):
            return Settled(gate.same_model(), champion.version.number)
        decision = self._judge(champion)
        standing = self._standing_version()
        if standing and isinstance(champion, Champion) and self._is_withdrawn(standing):
            decision = gate.withdrawn(decision)
        version = standing or self.registry.register(self.made.run_id, self.made.sha256, markdown(self.manifest))
        _record(self.registry, self.engine, version.number, self.registry.champion(), decision)
        if decision.kind == gate.PROMOTED:
            self.registry.make_champion(version)
        return Settled(decision, version.number)

    def _judge(self, champion: Champion | BrokenModel | None) -> Decision:
        own = worth(self.made)
        if champion is None:
            return gate.first(own)
        if isinstance(champion, BrokenModel):
            return gate.instead_of_broken(own, str(champion))
        return gate.against(own, *beside(champion, self.made, self.settings.held_out))

    def _standing_version(self) -> Version | None:
        """A version that can be served and answers as this manifest's model does."""
        with_this_graph = self.registry.versions(self.manifest.sha256)
        return next((version for version in with_this_graph if self._is_alike(self._stored(version))), None)

    def _is_alike(self, stored: StoredModel | BrokenModel) -> bool:
        """Whether a stored model says the same of every film, in words too: the margin is no part of the graph.

        The report beside it may differ, whose times are never twice the same. Where models are signed, one that isn't
        would be refused by the api, and is no stand-in.
        """
        if not isinstance(stored, StoredModel) or (self.settings.own_key and not stored.signed):
            return False
        own, new = stored.manifest, self.manifest
        return (own.sha256, own.inputs, own.thresholds, own.margin) == (
            new.sha256,
            new.inputs,
            new.thresholds,
            new.margin,
        )

    def _is_withdrawn(self, version: Version) -> bool:
        with self.engine.connect() as connection:
            return version.number in ledger.withdrawn(ledger.entries(connection, model=self.registry.model))

    def _stored(self, version: Version) -> StoredModel | BrokenModel:
        """The version's model as the registry has it, or what is wrong with it."""
        try:
            return read_stored(self.registry, version, self.settings.own_key)
        except BrokenModel as fault:
            return fault


def _record(registry: Registry, engine: Engine, version: str, champion: Version | None, said: Decision) -> None:
    before = champion.number if champion else None
    ledger.record(engine, version, before, said.kind, said.reason, said.metrics, registry.model)
