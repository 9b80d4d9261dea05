"""What training measured of the served model, and of the baselines that it must beat, as its card tells it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MEASURES = ("macro_f1", "quadratic_weighted_kappa", "ranked_probability_score", "log_loss", "calibration_error")
SPLITS = ("cross_validation", "by_date", "held_out")


@dataclass(frozen=True, slots=True)
class Score:
    """A measure's value, and its 95 % interval."""

    value: float
    low: float
    high: float


Scores = dict[tuple[str, str], Score]
"""By split and measure."""


def scores(metrics: Mapping[str, Any]) -> Scores:
    """Those of `metrics` that are scores."""
    return {
        (split, measure): Score(told["value"], told.get("low", told["value"]), told.get("high", told["value"]))
        for split in SPLITS
        for measure in MEASURES
        if isinstance(metrics.get(split), Mapping)
        and isinstance(told := metrics[split].get(measure), Mapping)
        and isinstance(told.get("value"), int | float)
    }


def baselines(metrics: Mapping[str, Any]) -> dict[str, Scores]:
    """The baselines' scores, by name."""
    told = metrics.get("baselines")
    return {name: scores(each) for name, each in told.items()} if isinstance(told, Mapping) else {}
