"""What the api found out about the model while it serves, checked: the drift of what is asked, and the live figures."""

from typing import Literal

from cinecote.films import Category
from cinecote_web.api_answers import ApiAnswer
from cinecote_web.model_scores import Score

Shift = Literal["stable", "moderate", "major"]

LIVE_MEASURES = ("accuracy", "macro_f1", "log_loss")


class DriftThresholds(ApiAnswer):
    """From which population stability index on a shift is called moderate, and major."""

    moderate: float
    major: float


class InputDrift(ApiAnswer):
    """An input's values beside those of training: the index of the known ones, and of how many are unknown."""

    name: str
    known: int
    unknown: int
    unknown_share_trained: float
    psi: float | None
    unknown_psi: float | None

    @property
    def unknown_share(self) -> float | None:
        asked = self.known + self.unknown
        return self.unknown / asked if asked else None


class CategoryDrift(ApiAnswer):
    """The categories' shares in training and in the answers."""

    trained: dict[Category, float]
    answered: dict[Category, float] | None
    psi: float | None


class Drift(ApiAnswer):
    """How far the films asked about in the last `days` are from those that the model learned from."""

    days: float
    films: int
    fewest: int
    thresholds: DriftThresholds
    inputs: tuple[InputDrift, ...]
    category: CategoryDrift

    def shift(self, index: float | None) -> Shift | None:
        """What an index is called; None where there were too few films for one."""
        if index is None:
            return None
        if index < self.thresholds.moderate:
            return "stable"
        return "moderate" if index < self.thresholds.major else "major"


class LiveVersion(ApiAnswer):
    """A version's answers about films that it can't have learned from: `films` have their votes by now."""

    version: str
    films: int
    waiting: int
    scores: dict[str, Score | None]


class Live(ApiAnswer):
    """How good the answers of the last `days` were; with less than `fewest` films a version has no figures."""

    days: float
    fewest: int
    versions: tuple[LiveVersion, ...]
