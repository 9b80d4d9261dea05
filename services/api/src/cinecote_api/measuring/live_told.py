"""What is told of the versions' live figures, and its shape."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from cinecote.films import CATEGORIES, Category
from cinecote_api.measuring.live import DAYS, MeasuredLive
from cinecote_api.measuring.live_scores import FEWEST
from cinecote_api.measuring.live_versions import LiveVersion
from cinecote_api.schemas import CategoryThresholds, Shape


class LiveScore(Shape):
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


class LiveScores(Shape):
    """Null where there are fewer than `fewest` films; macro-F1 also where a category has none."""

    accuracy: LiveScore | None
    macro_f1: LiveScore | None
    log_loss: LiveScore | None


class LiveFigures(Shape):
    """A version's answers: `films` were found again, released after `since` and with votes enough, and are scored.

    Left out are answers that may be about several films (`ambiguous`) or about one that was released before (`known`),
    and films that wait for votes (`waiting`).
    """

    version: str
    since: date
    ambiguous: int
    known: int
    waiting: int
    films: int
    categories: dict[Category, int]
    scores: LiveScores


class LiveAnswer(Shape):
    """How good the answers of the last `days` were about films that their version can't have learnt from."""

    name: str
    measured_at: datetime
    days: float
    fewest: int
    minimum_votes: int
    thresholds: CategoryThresholds
    versions: list[LiveFigures]


def live_told(measured: MeasuredLive) -> dict[str, Any]:
    """What /v1/model/live answers."""
    return {
        "name": measured.model.name,
        "measured_at": measured.at,
        "days": DAYS,
        "fewest": FEWEST,
        "minimum_votes": measured.minimum_votes,
        "thresholds": measured.model.manifest.thresholds.model_dump(),
        "versions": [_told(version) for version in measured.versions],
    }


def _told(version: LiveVersion) -> dict[str, Any]:
    return asdict(version) | {"categories": dict(zip(CATEGORIES, version.categories, strict=True))}
