"""What goes with a version of the comparison that it came out of: the benchmark's table, and its plots."""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, NonNegativeFloat, NonNegativeInt

REPORT_FILE: Final = "report.json"
"""Beside the graph, and named by its manifest; older versions have none."""

PLOT_NAME: Final = r"^[a-z](-?[a-z]){0,31}$"
LARGEST_REPORT = 256 * 1024
"""Bytes."""

LARGEST_PLOT = 256 * 1024
"""Bytes."""

MOST_PLOTS = 16
MOST_COMPARED = 64
MOST_LANGUAGES = 2

PLOT_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "sandbox",
    )
)
"""Content-Security-Policy of a plot, which is a document where it is opened by itself: it may draw, and run nothing."""

Kind = Literal["chosen", "candidate", "baseline"]


class _Part(BaseModel):
    # A newer training may tell more than whoever reads it knows.
    model_config = ConfigDict(frozen=True, extra="ignore")


class Figure(_Part):
    """A figure and its 95 % interval."""

    value: FiniteFloat
    low: FiniteFloat
    high: FiniteFloat


class Compared(_Part):
    """What was compared: the choice of an algorithm taken as a whole, a candidate of it, or a baseline to beat.

    `scores` are by set of films, then by figure. A baseline has no graph, and so neither size nor time of an answer.
    """

    name: str
    kind: Kind
    scores: dict[str, dict[str, Figure]]
    train_seconds: NonNegativeFloat
    graph_bytes: NonNegativeInt | None = None
    prediction_seconds: NonNegativeFloat | None = None


class ComparedFilms(_Part):
    """The films behind the figures: those that were learnt from, those held out, and how many each set scores."""

    learnt: NonNegativeInt
    complete: NonNegativeInt
    held_out: NonNegativeInt
    scored: dict[str, NonNegativeInt]
    sha256: str


class Search(_Part):
    """How what was compared was searched for: trials an algorithm at most, and the folds that they were judged on."""

    recipe: str
    seed: int
    trials: NonNegativeInt
    folds: NonNegativeInt
    left_out: list[str]


class ModelReport(_Part):
    """The benchmark's table; `algorithm` names the candidate that is the version, `plots` the pictures beside it.

    Their words are English; in each of the `languages` beside it there are the same ones again.
    """

    algorithm: str
    compared: Annotated[list[Compared], Field(min_length=1, max_length=MOST_COMPARED)]
    films: ComparedFilms
    search: Search
    plots: Annotated[list[Annotated[str, Field(pattern=PLOT_NAME)]], Field(max_length=MOST_PLOTS)]
    languages: Annotated[list[Annotated[str, Field(pattern=r"^[a-z]{2}$")]], Field(max_length=MOST_LANGUAGES)] = []

    def plot_in(self, name: str, language: str) -> str:
        """The name of the plot with its words in `language`, or in English where it isn't told in that."""
        return f"{name}-{language}" if language in self.languages else name

    @property
    def every_plot(self) -> list[str]:
        """The plots' names in every language."""
        return [*self.plots, *(self.plot_in(name, language) for language in self.languages for name in self.plots)]


def plot_file(name: str) -> str:
    """Where the plot of this name is, beside the graph."""
    return f"{name}.svg"
