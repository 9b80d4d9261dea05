"""The benchmark's table as a visitor reads it: what was compared, the best first."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cinecote.model_report import Compared, Figure, ModelReport

SETS: Mapping[str, str] = {
    "complete": "complete",
    "cross_validation": "cross_validation",
    "by_date": "by_date",
    "held_out": "held_out_split",
}
"""The message that names each set of films."""

FIGURES = ("quadratic_weighted_kappa", "ranked_probability_score", "log_loss", "calibration_error")
COSTS = ("train_seconds", "graph_kilobytes", "prediction_microseconds")

_WORTH = "macro_f1"
_RANKED_BY, _WHOLE = "complete", "cross_validation"


@dataclass(frozen=True, slots=True)
class Line:
    """One that was compared: its macro-F1 by SETS, its FIGURES on all films, its COSTS; None where unknown."""

    name: str
    is_served: bool
    worth: Sequence[Figure | None]
    figures: Sequence[Figure | None]
    costs: Sequence[float | None]


def compared(report: ModelReport) -> list[Line]:
    """The lines of the table, by falling macro-F1 on the complete films."""
    return [_line(report, each) for each in sorted(report.compared, key=_rank)]


def _rank(each: Compared) -> float:
    worth = _figure(each, _RANKED_BY, _WORTH)
    return -worth.value if worth else math.inf


def _line(report: ModelReport, each: Compared) -> Line:
    kilobytes = None if each.graph_bytes is None else each.graph_bytes / 1_000
    microseconds = None if each.prediction_seconds is None else each.prediction_seconds * 1e6
    return Line(
        each.name,
        each.kind == "candidate" and each.name == report.algorithm,
        [_figure(each, of, _WORTH) for of in SETS],
        [_figure(each, _WHOLE, name) for name in FIGURES],
        [each.train_seconds, kilobytes, microseconds],
    )


def _figure(each: Compared, of: str, name: str) -> Figure | None:
    return each.scores.get(of, {}).get(name)
