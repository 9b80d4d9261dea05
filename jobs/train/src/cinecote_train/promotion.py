"""What becomes of a model once it is made: registered, judged, promoted or refused, and written down."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine

from cinecote.registry import GRAPH_FILE, BrokenModel, Manifest, read_manifest
from cinecote_train import gate, ledger
from cinecote_train.dataset import Films
from cinecote_train.gate import Decision
from cinecote_train.manifest import Made
from cinecote_train.metrics import confusion, macro_f1
from cinecote_train.serving import ServedGraph
from cinecote_train.tracking import Registry, Version


@dataclass(frozen=True)
class Settled:
    """The decision, and the version it is about (None where there is none)."""

    decision: Decision
    version: str | None


@dataclass(frozen=True)
class _Stored:
    """A version's files, read from the registry and found whole."""

    manifest: Manifest
    graph: ServedGraph


def settle(registry: Registry, engine: Engine, made: Made, manifest: Manifest) -> Settled:
    """Register and judge a model whose files are among its run's artifacts.

    Each step finds what a killed run left of it: the version by its graph, the ledger's row by being the last one. The
    alias moves last, so that a champion always has its row.
    """
    champion = registry.champion()
    served = _stored(registry, champion) if champion else None
    if champion and _answers_alike(served, manifest):
        return Settled(gate.same_model(), champion.number)
    decision = _judge(served, made)
    version = _standing_version(registry, manifest) or registry.register(made.run_id, made.sha256)
    ledger.record(engine, version.number, champion.number if champion else None, decision)
    if decision.kind == gate.PROMOTED:
        registry.make_champion(version)
    return Settled(decision, version.number)


def refuse(engine: Engine, reason: str) -> Settled:
    """Write down that a model was not even registered."""
    decision = Decision(gate.REFUSED, reason)
    ledger.record(engine, ledger.UNREGISTERED, None, decision)
    return Settled(decision, None)


def _standing_version(registry: Registry, manifest: Manifest) -> Version | None:
    """A version that can be served and answers as this manifest's model does."""
    standing = (
        version
        for version in registry.versions(manifest.sha256)
        if _answers_alike(_stored(registry, version), manifest)
    )
    return next(standing, None)


def _answers_alike(stored: _Stored | BrokenModel | None, manifest: Manifest) -> bool:
    """Whether a stored model says the same of every film, in words too: the margin is no part of the graph."""
    if not isinstance(stored, _Stored):
        return False
    own = stored.manifest
    return (own.files, own.inputs, own.thresholds, own.margin) == (
        manifest.files,
        manifest.inputs,
        manifest.thresholds,
        manifest.margin,
    )


def _judge(champion: _Stored | BrokenModel | None, made: Made) -> Decision:
    challenger = _held_out_score(ServedGraph(made.graph), made.held_out)
    if champion is None:
        return gate.first(challenger)
    if isinstance(champion, BrokenModel):
        return gate.instead_of_broken(challenger, str(champion))
    return gate.against(challenger, _held_out_score(champion.graph, made.held_out))


def _stored(registry: Registry, version: Version) -> _Stored | BrokenModel:
    """The version's model as the registry has it, or what is wrong with it."""
    with TemporaryDirectory() as folder:
        try:
            files = registry.download(version, Path(folder))
            return _Stored(read_manifest(files), ServedGraph((files / GRAPH_FILE).read_bytes()))
        except BrokenModel as fault:
            return fault


def _held_out_score(graph: ServedGraph, held_out: Films) -> float:
    return float(macro_f1(confusion(held_out.categories, graph.probabilities(held_out.inputs))))
