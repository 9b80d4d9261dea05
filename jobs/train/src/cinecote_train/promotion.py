"""What becomes of a model once it is made: registered, judged, promoted or refused, and written down."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine

from cinecote.registry import GRAPH_FILE, BrokenModel, read_manifest
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


def settle(registry: Registry, engine: Engine, made: Made) -> Settled:
    """Register and judge a model whose files are among its run's artifacts.

    Each step finds what a killed run left of it: the version by its graph, the ledger's row by being the last one. The
    alias moves last, so that a champion always has its row.
    """
    champion = registry.champion()
    served = _served(registry, champion) if champion else None
    if champion and champion.sha256 == made.sha256 and isinstance(served, ServedGraph):
        return Settled(gate.same_graph(), champion.number)
    decision = _judge(served, made)
    version = registry.register(made.run_id, made.sha256, unlike=champion)
    ledger.record(engine, version.number, champion.number if champion else None, decision)
    if decision.kind == gate.PROMOTED:
        registry.make_champion(version)
    return Settled(decision, version.number)


def refuse(engine: Engine, reason: str) -> Settled:
    """Write down that a model was not even registered."""
    decision = Decision(gate.REFUSED, reason)
    ledger.record(engine, ledger.UNREGISTERED, None, decision)
    return Settled(decision, None)


def _judge(champion: ServedGraph | BrokenModel | None, made: Made) -> Decision:
    challenger = _held_out_score(ServedGraph(made.graph), made.held_out)
    if champion is None:
        return gate.first(challenger)
    if isinstance(champion, BrokenModel):
        return gate.instead_of_broken(challenger, str(champion))
    return gate.against(challenger, _held_out_score(champion, made.held_out))


def _served(registry: Registry, champion: Version) -> ServedGraph | BrokenModel:
    """The champion's graph as the registry has it, or what is wrong with it."""
    with TemporaryDirectory() as folder:
        try:
            files = registry.download(champion, Path(folder))
            read_manifest(files)
            return ServedGraph((files / GRAPH_FILE).read_bytes())
        except BrokenModel as fault:
            return fault


def _held_out_score(graph: ServedGraph, held_out: Films) -> float:
    return float(macro_f1(confusion(held_out.categories, graph.probabilities(held_out.inputs))))
