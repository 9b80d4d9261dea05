"""What the api answers, checked."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from cinecote.features import INPUTS, Input
from cinecote.films import CATEGORIES, Category


class ApiAnswer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


def _of_every_category(figures: dict[Category, float]) -> dict[Category, float]:
    if set(figures) != set(CATEGORIES):
        raise ValueError("must name every category")
    return figures


class ModelVersion(ApiAnswer):
    name: str
    version: str


Probabilities = Annotated[dict[Category, Annotated[float, Field(ge=0, le=1)]], AfterValidator(_of_every_category)]


class Prediction(ApiAnswer):
    """The likeliest category, and every category's probability; not `certain` where two are too close to choose."""

    category: Category
    probabilities: Probabilities
    certain: bool
    model: ModelVersion

    @property
    def two_likeliest(self) -> list[Category]:
        return sorted(CATEGORIES, key=lambda c: (c != self.category, -self.probabilities[c]))[:2]


class Thresholds(ApiAnswer):
    """The ratings from which the served model calls a film `moyen` and `bien`."""

    moyen: float
    bien: float


class TrainingData(ApiAnswer):
    """The films that a model was trained on, as far as training tells."""

    films: int | None = None
    held_out: int | None = None
    categories: dict[str, int] = {}
    sources: dict[str, int] = {}
    first_release: date | None = None
    last_release: date | None = None


class ModelCard(ApiAnswer):
    """The served model; `metrics` are as training wrote them."""

    name: str
    version: str
    role: str
    trained_at: datetime
    data: TrainingData
    metrics: dict[str, Any]
    inputs: tuple[str, ...]
    thresholds: Thresholds
    margin: float


class Promotion(ApiAnswer):
    """An entry of the ledger."""

    at: datetime
    version: str
    previous: str | None
    decision: str
    reason: str


class Traffic(ApiAnswer):
    """What of the requests a challenger answers, which one, and why none where there is none."""

    challenger_weight: float
    shadow: bool
    challenger: str | None = None
    fault: str | None = None


class RegisteredModels(ApiAnswer):
    """The newest decisions first."""

    promotions: tuple[Promotion, ...]
    traffic: Traffic | None = None


class FilmRecord(ApiAnswer):
    """A film of the database; no `category` where too few people voted.

    `training` says what it was to the training of the model, where it is asked for alone and that can be told.
    """

    id: int
    title: str
    release_date: date | None
    revenue: int | float | None
    budget: int | float | None
    vote_count: int | float | None
    runtime: int | float | None
    vote_average: float | None
    category: Category | None
    genres: tuple[str, ...]
    source: str
    training: str | None = None

    @property
    def release_year(self) -> int | None:
        return self.release_date.year if self.release_date else None

    @property
    def inputs(self) -> dict[str, int | float]:
        """What is known of the film among the inputs of an estimate."""
        return self.figures(INPUTS)

    def figures(self, inputs: Iterable[Input]) -> dict[str, int | float]:
        """What is known of the film among `inputs`."""
        values = {wanted.name: getattr(self, wanted.name) for wanted in inputs}
        return {name: value for name, value in values.items() if value is not None}


class InputShares(ApiAnswer):
    """One input's share of each category's probability; its `value` is None where unknown."""

    name: str
    value: float | None
    shares: Annotated[dict[Category, float], AfterValidator(_of_every_category)]


class NearFilm(ApiAnswer):
    film: FilmRecord


class Flip(ApiAnswer):
    """The smallest change of one input that was found to change the category."""

    input: str
    from_: float = Field(alias="from")
    to: float
    category: Category


class PointAlong(ApiAnswer):
    """The probabilities with another value of one input."""

    value: float
    probabilities: Probabilities


class Explanation(ApiAnswer):
    """A prediction and its parts: of each category, `base` and all shares add up to its probability.

    `along` has the points of the curve that was asked for.
    """

    category: Category
    probabilities: Probabilities
    base: Annotated[dict[Category, float], AfterValidator(_of_every_category)]
    inputs: tuple[InputShares, ...]
    neighbours: tuple[NearFilm, ...]
    flip: Flip | None
    model: ModelVersion
    along: tuple[PointAlong, ...] = ()

    def prediction(self, margin: float) -> Prediction:
        """What a model of this margin predicts, of which this is the explanation."""
        second, first = sorted(self.probabilities.values())[-2:]
        return Prediction(
            category=self.category,
            probabilities=self.probabilities,
            certain=first - second >= margin,
            model=self.model,
        )


class FilmPage(ApiAnswer):
    """Some films, and the cursor of those that follow."""

    films: tuple[FilmRecord, ...]
    next: str | None
    total: int | None = None
    total_is_lower_bound: bool | None = None


class ProblemError(ApiAnswer):
    pointer: str
    detail: str


class Problem(ApiAnswer):
    """An RFC 9457 problem, as far as the page needs it."""

    type: str = ""
    detail: str = ""
    errors: tuple[ProblemError, ...] = ()
