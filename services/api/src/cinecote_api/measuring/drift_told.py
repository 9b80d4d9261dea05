"""What is told of a model's drift, and its shape."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from cinecote.drift import FEWEST, MAJOR, MODERATE
from cinecote.films import CATEGORIES, Category
from cinecote_api.answers import model_name
from cinecote_api.measuring.drift import MeasuredDrift
from cinecote_api.schemas import Shape


class DriftThresholds(Shape):
    """From which population stability index on a shift is called moderate, and major."""

    moderate: float
    major: float


class DriftOfInput(Shape):
    """The films asked about with and without this input; a figure is null where there are fewer than `fewest`."""

    name: str
    known: int
    unknown: int
    unknown_share_trained: float
    psi: float | None
    ks: float | None
    unknown_psi: float | None


class DriftOfCategories(Shape):
    """The shares of the categories in training, and in the answers as their mean probabilities."""

    films: int
    trained: dict[Category, float]
    answered: dict[Category, float] | None
    psi: float | None
    ks: float | None


class DriftAnswer(Shape):
    """How far the distinct films that were asked about in the last `days` are from those of the model's training."""

    name: str
    version: str
    measured_at: datetime
    days: float
    films: int
    fewest: int
    thresholds: DriftThresholds
    inputs: list[DriftOfInput]
    category: DriftOfCategories


def drift_told(measured: MeasuredDrift) -> dict[str, Any]:
    """What /v1/model/drift answers."""
    drift = measured.drift
    category = asdict(drift.category)
    shares = {side: _by_category(category[side]) for side in ("trained", "answered")}
    return {
        **model_name(measured.model),
        "measured_at": measured.at,
        "days": measured.days,
        "films": drift.films,
        "fewest": FEWEST,
        "thresholds": {"moderate": MODERATE, "major": MAJOR},
        "inputs": [asdict(each) for each in drift.inputs],
        "category": category | shares,
    }


def _by_category(shares: Sequence[float] | None) -> dict[Category, float] | None:
    return None if shares is None else dict(zip(CATEGORIES, shares, strict=True))
