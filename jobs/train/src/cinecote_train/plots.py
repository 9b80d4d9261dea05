"""The pictures that go with a run, as SVG files."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cinecote.films import CATEGORIES
from cinecote_train.evaluation import COMPLETE, CROSS_VALIDATION, Evaluation
from cinecote_train.scoring import MACRO_F1, Answers, Confusion

_BINS = 10


def draw_candidate(evaluation: Evaluation, folder: Path) -> None:
    """confusion.svg and reliability.svg, of the films answered by models that never saw them."""
    confusion = evaluation.confusions[CROSS_VALIDATION]
    _save(lambda axes: _confusion(axes, confusion), evaluation.name, folder / "confusion.svg")
    answers = evaluation.answers[CROSS_VALIDATION]
    _save(lambda axes: _reliability(axes, answers), evaluation.name, folder / "reliability.svg")


def draw_comparison(evaluations: Sequence[Evaluation], folder: Path) -> None:
    """comparison.svg: every candidate's macro-F1 on the complete films, with its interval."""
    figure = Figure(figsize=(7, 0.45 * len(evaluations) + 1.2), layout="constrained")
    axes = figure.subplots()
    ranked = sorted(evaluations, key=lambda evaluation: evaluation.scores[COMPLETE][MACRO_F1].value)
    for place, evaluation in enumerate(ranked):
        estimate = evaluation.scores[COMPLETE][MACRO_F1]
        axes.plot([estimate.low, estimate.high], [place, place], color="tab:blue")
        axes.plot([estimate.value], [place], "o", color="tab:blue")
    axes.set_yticks(range(len(ranked)), [evaluation.name for evaluation in ranked])
    axes.set(xlabel="macro-F1, complete films, 95 % interval", xlim=(0, 1))
    axes.grid(axis="x", alpha=0.3)
    figure.savefig(folder / "comparison.svg")


def _save(draw: Callable[[Axes], None], title: str, path: Path) -> None:
    figure = Figure(figsize=(4.5, 4), layout="constrained")
    axes = figure.subplots()
    axes.set_title(title)
    draw(axes)
    figure.savefig(path)


def _confusion(axes: Axes, confusion: Confusion) -> None:
    counts = np.array([[cell.value for cell in row] for row in confusion])
    axes.imshow(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1), cmap="Blues", vmin=0, vmax=1)
    for row, column in np.ndindex(counts.shape):
        cell = confusion[row][column]
        axes.text(column, row, f"{cell.value:.0f}\n{cell.low:.0f}–{cell.high:.0f}", ha="center", va="center")
    places = range(len(CATEGORIES))
    axes.set_xticks(places, CATEGORIES)
    axes.set_yticks(places, CATEGORIES)
    axes.set(xlabel="predicted (films, 95 % interval)", ylabel="true")


def _reliability(axes: Axes, answers: Answers) -> None:
    confidence = answers.probabilities.max(axis=1)
    right = answers.probabilities.argmax(axis=1) == answers.labels
    bins = np.array_split(np.argsort(confidence, kind="stable"), min(_BINS, len(confidence)))
    axes.plot([0, 1], [0, 1], color="grey", linestyle="--")
    axes.plot([confidence[part].mean() for part in bins], [right[part].mean() for part in bins], "o-")
    axes.set(xlabel="stated probability", ylabel="share that is right", xlim=(0, 1), ylim=(0, 1))
