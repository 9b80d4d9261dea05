"""Pictures as SVG that takes its colours from the page it stands in, so that it is legible in light and dark."""

import re
from collections.abc import Callable
from html import escape
from io import StringIO
from typing import Any

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

Draw = Callable[[Figure], None]

# Matplotlib knows no CSS: each of these stands for a variable of the page, with what it is in a file of its own.
INK = "#a1b2c1"
QUIET = "#a1b2c2"
GRID = "#a1b2c3"
FIRST = "#a1b2c4"
SECOND = "#a1b2c5"
_VARIABLES = {
    INK: "var(--ink, #1f2328)",
    QUIET: "var(--quiet, #59636e)",
    GRID: "var(--grid, #d1d9e0)",
    FIRST: "var(--first, #0a5fb4)",
    SECOND: "var(--second, #a8460a)",
}

_STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "cinecote",
    "font.size": 10,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.edgecolor": QUIET,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "grid.color": GRID,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
}
_NOTHING = dict.fromkeys(("Creator", "Date", "Format", "Type"))
"""Of what Matplotlib would say of itself, and when."""


def svg(name: str, told: str, width: float, height: float, draw: Draw) -> str:
    """An `svg` element of so many inches, the same for the same drawing; `told` is read out in its place.

    `name` begins its ids: a page must have no two with the same one.
    """
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        draw(figure)
        written = StringIO()
        # Not `savefig`, which draws all of it once before, for the layout that this does too.
        FigureCanvasSVG(figure).print_svg(written, metadata=_NOTHING)  # type: ignore[no-untyped-call]
    drawn = written.getvalue()
    drawn = drawn[drawn.index("<svg") :]
    drawn = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{name}-", drawn)
    drawn = re.sub("|".join(_VARIABLES), lambda found: _VARIABLES[found[0]], drawn)
    return drawn.replace("<svg ", f'<svg role="img" aria-label="{escape(told)}" ', 1)
