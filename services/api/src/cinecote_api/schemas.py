"""The shapes of requests and answers, for the documentation; nothing is checked against them on the way."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from cinecote.features import ACCEPTED, INPUTS
from cinecote.films import Category
from cinecote_api.json_body import MOST_FILMS

FILM_INPUTS: dict[str, Any] = {
    "type": "object",
    "description": f"At least one of {', '.join(wanted.name for wanted in INPUTS)} is known.",
    "additionalProperties": False,
    "properties": {
        accepted.name: {
            "type": ["number", "null"],
            "minimum": accepted.minimum,
            "maximum": accepted.maximum,
            "description": f"{accepted.unit}; null or absent: unknown"
            + (f"; so is anything below {accepted.unknown_below:g}" if accepted.unknown_below >= 1 else "")
            + ("; so is 0" if 0 < accepted.unknown_below < 1 else ""),
        }
        for accepted in ACCEPTED
    },
    "examples": [{"revenue": 150e6, "budget": 30e6, "vote_count": 5200, "runtime": 121}],
}

FILM_BATCH: dict[str, Any] = {
    "type": "object",
    "required": ["films"],
    "additionalProperties": False,
    "properties": {
        "films": {
            "type": "array",
            "maxItems": MOST_FILMS,
            # Any value: one that is no film is answered as such, and the others all the same.
            "items": {"description": "A film's inputs, as for a single prediction."},
        }
    },
    "examples": [{"films": [{"revenue": 150e6, "budget": 30e6, "runtime": 121}, {"vote_count": 5200}]}],
}


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ModelName(Shape):
    name: str
    version: str


class PredictedCategory(Shape):
    category: Category
    probabilities: dict[Category, float]
    certain: bool


class PredictionAnswer(PredictedCategory):
    model: ModelName


class Fault(Shape):
    """What is wrong: `pointer` is a JSON pointer into the body, or `?` and a query parameter's name."""

    pointer: str
    detail: str


class FailedFilm(Shape):
    error: Fault


class BatchAnswer(Shape):
    """A prediction or an error for each film, in the order sent."""

    model: ModelName
    predictions: list[PredictedCategory | FailedFilm]
    failed: int


class FilmAnswer(Shape):
    """A film; an unknown fact is null."""

    id: int
    title: str
    release_date: date | None
    revenue: int | None
    budget: int | None
    runtime: int | None
    vote_count: int | None
    vote_average: float | None
    category: Category | None
    genres: list[str]
    source: str
    fetched_at: datetime


class FilmsPage(Shape):
    """A page of films; `next` is the cursor of the following one. The totals are there when asked for."""

    films: list[FilmAnswer]
    next: str | None
    total: int | None = None
    total_is_lower_bound: bool | None = None


class CategoryThresholds(Shape):
    moyen: float
    bien: float


class ModelCard(Shape):
    """The served model: what it was trained on, how good it was found to be, what it takes."""

    name: str
    version: str
    role: str
    trained_at: datetime
    data: dict[str, Any]
    metrics: dict[str, Any]
    inputs: list[str]
    thresholds: CategoryThresholds
    margin: float
    sha256: str


class Health(Shape):
    status: str


class Readiness(Health):
    model: ModelName


class ProblemDetails(Shape):
    """RFC 9457; nothing in it repeats a value of the request."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[Fault] = []
