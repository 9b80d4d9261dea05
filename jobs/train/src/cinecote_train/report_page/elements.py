"""What a page is made of, and how figures and names are told there."""

from collections.abc import Sequence
from dataclasses import dataclass

from cinecote_train.report_page.svg import Draw, svg
from cinecote_train.scoring import Estimate

OUT_OF_FOLD = "Each film was answered by models of the cross-validation that never saw it."


@dataclass(frozen=True)
class Table:
    """Rows of text under headings; a row's first cell names it."""

    caption: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Picture:
    """An `svg` element, and its name among those of a model."""

    name: str
    svg: str


@dataclass(frozen=True)
class Section:
    """`said` goes before the picture, and that before the tables."""

    title: str
    said: str
    tables: Sequence[Table]
    picture: Picture | None = None


def picture(model: str, name: str, told: str, width: float, height: float, draw: Draw) -> Picture:
    """So many inches, drawn; `told` is what a person hears in its place."""
    return Picture(name, svg(f"{model}-{name}", told, width, height, draw))


def told_of(estimate: Estimate) -> str:
    """A figure with its interval, which is never broken over two lines."""
    return f"{estimate.value:.3f} ({estimate.low:.3f}\N{NO-BREAK SPACE}to\N{NO-BREAK SPACE}{estimate.high:.3f})"


def words(name: str) -> str:
    """A name as it is read."""
    return name.replace("_", " ")
