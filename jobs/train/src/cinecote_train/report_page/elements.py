"""What a page is made of, and how figures and names are told there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from cinecote_train.report_page.french import in_french
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
    """An `svg` element, its name among those of a model, and how to draw it in French."""

    name: str
    svg: str
    french: Callable[[], str]


@dataclass(frozen=True)
class Section:
    """`said` goes before the picture, and that before the tables."""

    title: str
    said: str
    tables: Sequence[Table]
    picture: Picture | None = None


def picture(model: str, name: str, told: str, width: float, height: float, draw: Draw) -> Picture:
    """So many inches, drawn; `told` is what a person hears in its place."""
    made = partial(svg, f"{model}-{name}")
    # Nobody hears the French one: the page has a sentence of its own in its place.
    french = partial(made, name, width, height, in_french(draw))
    return Picture(name, made(told, width, height, draw), french)


def told_of(estimate: Estimate) -> str:
    """A figure with its interval, which is never broken over two lines."""
    return f"{estimate.value:.3f} ({estimate.low:.3f}\N{NO-BREAK SPACE}to\N{NO-BREAK SPACE}{estimate.high:.3f})"


def words(name: str) -> str:
    """A name as it is read."""
    return name.replace("_", " ")
