"""The pictures of a comparison. Each takes what was worked out, and draws it with names and units on its axes."""

from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from cinecote.films import CATEGORIES
from cinecote_train.report_page.learning_curve import LearningPoint
from cinecote_train.report_page.pareto import Point, front
from cinecote_train.report_page.reliability import Bin
from cinecote_train.report_page.svg import FIRST, INK, QUIET, SECOND, Draw
from cinecote_train.scoring import Confusion, Estimate

_ROW = 0.32
"""Inches that a row of `intervals` takes."""


def intervals(rows: Sequence[tuple[str, Estimate]], axis: str) -> tuple[float, Draw]:
    """A dot and its 95 % interval a row, the first on top; how many inches high that is, and the drawing."""

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        for place, (_, each) in enumerate(rows):
            axes.plot([each.low, each.high], [place, place], color=FIRST, linewidth=2)
            axes.plot([each.value], [place], "o", color=FIRST)
        axes.set_yticks(range(len(rows)), [name for name, _ in rows])
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_xlabel(f"{axis}, 95 % interval")

    return _ROW * len(rows) + 0.8, draw


def pareto(points: Sequence[Point]) -> Draw:
    """Macro-F1 against the time of an answer, and against the size of the graph; the best at each cost are joined."""

    def draw(figure: Figure) -> None:
        left, right = figure.subplots(1, 2, sharey=True)
        _costs(left, points, lambda point: point.microseconds, "median time of an answer (µs)")
        left.set_xlim(0, None)
        _costs(right, points, lambda point: point.kilobytes, "size of the graph (kB)")
        right.set_xscale("log")
        left.set_ylabel("macro-F1, complete films")

    return draw


def _costs(axes: Axes, points: Sequence[Point], cost: Callable[[Point], float], axis: str) -> None:
    best = front(points, cost)
    axes.plot([cost(each) for each in best], [each.macro_f1.value for each in best], "--", color=SECOND)
    for point in points:
        at, value = cost(point), point.macro_f1
        axes.plot([at, at], [value.low, value.high], color=FIRST, linewidth=2)
        axes.plot([at], [value.value], "o", color=SECOND if point in best else FIRST)
        name, above = point.name.replace("_", " "), (at, value.high)
        axes.annotate(name, above, (0, 4), textcoords="offset points", ha="center", fontsize=8)
    axes.margins(x=0.3, y=0.12)
    axes.set_xlabel(axis)


def learning(points: Sequence[LearningPoint]) -> Draw:
    """Macro-F1 against the films that the models saw."""

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        films = [each.films for each in points]
        low, high = ([getattr(each.macro_f1, end) for each in points] for end in ("low", "high"))
        axes.fill_between(films, low, high, color=FIRST, alpha=0.2, linewidth=0)
        axes.plot(films, [each.macro_f1.value for each in points], "o-", color=FIRST)
        axes.set(xlabel="films that the models saw", ylabel="macro-F1, 95 % interval", xlim=(0, None))

    return draw


def reliable(bins: Sequence[Bin]) -> Draw:
    """The share that is right against the probability that was stated."""

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        axes.plot([0, 1], [0, 1], "--", color=QUIET)
        for each in bins:
            axes.plot([each.stated] * 2, [each.right.low, each.right.high], color=FIRST, linewidth=2)
        axes.plot([each.stated for each in bins], [each.right.value for each in bins], "o-", color=FIRST)
        axes.set(xlabel="stated probability", ylabel="share that is right, 95 % interval", xlim=(0, 1), ylim=(0, 1))

    return draw


def confused(confusion: Confusion) -> Draw:
    """Films by their category and the named one, darker where they are a larger share of their row."""

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        counts = np.array([[cell.value for cell in row] for row in confusion])
        shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        for row, column in np.ndindex(counts.shape):
            cell = confusion[row][column]
            axes.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, color=FIRST, alpha=0.6 * shares[row, column]))
            said = f"{cell.value:,.0f}\n{cell.low:,.0f}–{cell.high:,.0f}"
            axes.text(column, row, said, ha="center", va="center", color=INK)
        places = range(len(CATEGORIES))
        axes.set_xticks(places, CATEGORIES)
        axes.set_yticks(places, CATEGORIES)
        axes.grid(visible=False)
        axes.set(xlabel="category that was named", ylabel="category of the film", xlim=(-0.5, 2.5), ylim=(2.5, -0.5))

    return draw
