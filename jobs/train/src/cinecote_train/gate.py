"""Whether a new model takes the champion's place. Pure: figures in, decision out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from cinecote_train.contract import Fault
from cinecote_train.paired import Difference
from cinecote_train.scoring import Estimate

TOLERANCE = 0.01
"""How much lower a challenger's macro-F1 may be than the champion's on the same films."""

GREATEST_FALL = 0.05
"""How much lower a category's F1 may be than the champion's."""

CALIBRATION_BUDGET = 0.03
"""A calibration error that surely (its interval's lower end) is above this is too great."""

SECONDS_A_PREDICTION = 0.001
"""A median time to answer one film above this is too long."""

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


@dataclass(frozen=True)
class Worth:
    """What a challenger is by itself, on films that its models never saw.

    `blind_log_loss` is what naming the categories' shares for every film would score.
    """

    macro_f1: float
    log_loss: Estimate
    blind_log_loss: float
    calibration_error: Estimate
    seconds_a_prediction: float

    def faults(self) -> Iterator[str]:
        if self.log_loss.high >= self.blind_log_loss:
            yield f"its log-loss {self.log_loss.value:.4f} is no better than chance ({self.blind_log_loss:.4f})"
        if self.calibration_error.low > CALIBRATION_BUDGET:
            yield f"its calibration error {self.calibration_error.value:.3f} is above {CALIBRATION_BUDGET}"
        if self.seconds_a_prediction > SECONDS_A_PREDICTION:
            yield f"a prediction takes {1e3 * self.seconds_a_prediction:.2f} ms, {1e3 * SECONDS_A_PREDICTION:g} at most"

    def as_metrics(self) -> dict[str, float]:
        return {
            "challenger_macro_f1": self.macro_f1,
            "challenger_log_loss": self.log_loss.value,
            "calibration_error": self.calibration_error.value,
            "calibration_error_low": self.calibration_error.low,
            "prediction_seconds": self.seconds_a_prediction,
        }


def first(worth: Worth) -> Decision:
    """There is no champion: any sound model is better than none."""
    return _unless(list(worth.faults()), "there was no champion", worth.as_metrics())


def instead_of_broken(worth: Worth, fault: str) -> Decision:
    """The champion's files can't be served, so there is nothing to compare with."""
    return _unless(list(worth.faults()), f"the champion can't be served: {fault}", worth.as_metrics())


def against(worth: Worth, found: Difference, where: str) -> Decision:
    """Challenger and champion on the same films; `where` names them."""
    metrics = worth.as_metrics() | {
        "challenger_macro_f1": found.challenger,
        "champion_macro_f1": found.champion,
        "difference": found.macro_f1.value,
        "difference_low": found.macro_f1.low,
        "difference_high": found.macro_f1.high,
        "films": float(found.films),
        **{f"fall_{category}": fall for category, fall in found.falls.items()},
    }
    figures = (
        f"macro-F1 {found.challenger:.4f} against the champion's {found.champion:.4f} on {found.films:,} films {where} "
        f"(difference {found.macro_f1.low:+.4f} to {found.macro_f1.high:+.4f})"
    )
    return _unless([*_losses(found), *worth.faults()], figures, metrics)


def out_of_contract(faults: Sequence[Fault]) -> Decision:
    """The films aren't such as to learn from."""
    reason = "the films break their contract: " + "; ".join(fault.reason for fault in faults)
    return Decision(REFUSED, reason, {fault.name: fault.figure for fault in faults})


def withdrawn(judged: Decision) -> Decision:
    """A model that was rolled back: the next training on the same films must not undo that."""
    return Decision(REFUSED, "the same model was rolled back", judged.metrics)


def same_model() -> Decision:
    return Decision(UNCHANGED, "the champion is the same model")


def _losses(found: Difference) -> Iterator[str]:
    if found.macro_f1.high < 0:
        yield "the whole interval is below 0"
    if found.macro_f1.value < -TOLERANCE:
        yield f"it is more than {TOLERANCE} lower"
    for category, fall in found.falls.items():
        if fall > GREATEST_FALL:
            yield f"the F1 of {category} falls by {fall:.3f}"


def _unless(faults: Sequence[str], figures: str, metrics: dict[str, float]) -> Decision:
    if faults:
        return Decision(REFUSED, "; ".join([*faults, figures]), metrics)
    return Decision(PROMOTED, figures, metrics)
