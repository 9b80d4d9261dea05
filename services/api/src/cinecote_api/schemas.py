"""The shapes of requests and answers, for the documentation; nothing is checked against them on the way."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from cinecote.features import ACCEPTED, BUDGET, INPUTS, REVENUE, RUNTIME, VOTE_COUNT, Input
from cinecote.films import Category
from cinecote_api.films.training import Training
from cinecote_api.predictions.json_body import MOST_FILMS

_WHEN: dict[str, Any] = {
    "type": "string",
    "enum": ["after", "before"],
    "description": "Before its release a film's revenue and vote_count can't be given; another model answers then.",
}


def _known(wanted: Input) -> dict[str, Any]:
    """The schema of a film of which this input is known."""
    smallest: dict[str, Any] = (
        {"exclusiveMinimum": 0} if 0 < wanted.unknown_below < 1 else {"minimum": wanted.unknown_below or wanted.minimum}
    )
    return {"required": [wanted.name], "properties": {wanted.name: {"type": "number"} | smallest}}


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
    }
    | {"when": _WHEN},
    "anyOf": [
        {"properties": {"when": {"enum": ["after"]}}, "anyOf": [_known(wanted) for wanted in INPUTS]},
        {
            "required": ["when"],
            "properties": {"when": {"enum": ["before"]}},
            "not": {"anyOf": [{"required": [REVENUE.name]}, {"required": [VOTE_COUNT.name]}]},
            "anyOf": [_known(BUDGET), _known(RUNTIME)],
        },
    ],
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
        },
        "when": _WHEN,
    },
    "examples": [{"films": [{"revenue": 150e6, "budget": 30e6, "runtime": 121}, {"vote_count": 5200}]}],
}


FILM_TABLE: dict[str, Any] = {
    "schema": {
        "type": "string",
        "description": "A table in UTF-8 with commas or semicolons, at most 100,000 rows and 32 MiB. Its header"
        " names at least one input; other columns come back as they are, and then category, certain, p_mediocre,"
        " p_moyen, p_bien and error. An error names the line that its row begins on.",
    },
    "examples": {"two films": {"value": "title,budget,runtime\nAmélie,10000000,122\nMetropolis,,153\n"}},
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


class FilmAndTraining(FilmAnswer):
    """A film, and what it was to the training of the served model; null where that can't be told."""

    training: Training | None


class FilmsPage(Shape):
    """A page of films; `next` is the cursor of the following one. The totals are there when asked for."""

    films: list[FilmAnswer]
    next: str | None
    total: int | None = None
    total_is_lower_bound: bool | None = None


class InputShares(Shape):
    """An input's value, null where unknown, and its share of each category's probability."""

    name: str
    value: float | None
    shares: dict[Category, float]


class NeighbourFilm(Shape):
    film: FilmAnswer
    distance: float


class CategoryFlip(Shape):
    """The smallest change of one input that was found to change the category."""

    input: str
    from_: float = Field(alias="from")
    to: float
    category: Category


class PointAlong(Shape):
    """The probabilities where the input that the address names has this value."""

    value: float
    probabilities: dict[Category, float]


class ExplanationAnswer(Shape):
    """A prediction's parts: for each category, `base` and all shares add up to its probability.

    An input that is absent from a coalition takes the values of the model's background films. The neighbours are the
    nearest films of which all is known that is known of this one; there are none while the database is away.
    `along` is there where the address asks for it, a point for each of its values.
    """

    category: Category
    probabilities: dict[Category, float]
    base: dict[Category, float]
    inputs: list[InputShares]
    neighbours: list[NeighbourFilm]
    flip: CategoryFlip | None
    model: ModelName
    along: list[PointAlong] | None = None


class QueryParameter(Shape):
    name: str
    type: Literal["integer", "number"]
    default: float
    minimum: float
    maximum: float


class NamedQuery(Shape):
    name: str
    title: str
    parameters: list[QueryParameter]


class QueryList(Shape):
    queries: list[NamedQuery]


class QueryAnswer(Shape):
    """A table; `truncated` where there are more rows than these."""

    name: str
    columns: list[str]
    rows: list[list[str | float | None]]
    truncated: bool


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
