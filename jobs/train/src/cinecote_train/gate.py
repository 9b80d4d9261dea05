"""Whether a new model takes the champion's place. Pure: scores in, decision out."""

from dataclasses import dataclass, field
from typing import Literal

TOLERANCE = 0.01
"""How much lower a challenger's macro-F1 on the held-out films may be: less than chance moves it there."""

PROMOTED: Literal["promoted"] = "promoted"
"""As the ledger says it (see cinecote.ledger)."""
REFUSED: Literal["refused"] = "refused"
UNCHANGED: Literal["unchanged"] = "unchanged"


@dataclass(frozen=True)
class Decision:
    """What happens to the challenger, why, and by which figures."""

    kind: Literal["promoted", "refused", "unchanged"]
    reason: str
    metrics: dict[str, float] = field(default_factory=dict)


def first(challenger: float) -> Decision:
    """There is no champion: any sound model is better than none."""
    return Decision(PROMOTED, "there was no champion", {"challenger_macro_f1": challenger})


def instead_of_broken(challenger: float, fault: str) -> Decision:
    """The champion's files can't be served, so there is nothing to compare with."""
    reason = f"the champion can't be served: {fault}"
    return Decision(PROMOTED, reason, {"challenger_macro_f1": challenger})


def against(challenger: float, champion: float) -> Decision:
    """Both macro-F1, on the same held-out films."""
    metrics = {"challenger_macro_f1": challenger, "champion_macro_f1": champion}
    figures = f"macro-F1 {challenger:.4f} against the champion's {champion:.4f} on the held-out films"
    if challenger < champion - TOLERANCE:
        return Decision(REFUSED, figures, metrics)
    return Decision(PROMOTED, figures, metrics)


def withdrawn(judged: Decision) -> Decision:
    """A model that was rolled back: the next training on the same films must not undo that."""
    return Decision(REFUSED, "the same model was rolled back", judged.metrics)


def same_model() -> Decision:
    return Decision(UNCHANGED, "the champion is the same model")
