"""The pictures that go with a run, as SVG files."""

from collections.abc import Sequence
from pathlib import Path

from cinecote_train.evaluation import CROSS_VALIDATION, Evaluation
from cinecote_train.report_page.drawings import confused, intervals, reliable
from cinecote_train.report_page.reliability import reliability
from cinecote_train.report_page.sections import Report
from cinecote_train.report_page.svg import Draw, svg

_DRAWN_ALREADY = ("candidates", "reliability", "confusion")
"""Of a page's pictures: comparison.svg and those of a candidate."""


def draw_candidate(evaluation: Evaluation, folder: Path, seed: int) -> None:
    """confusion.svg and reliability.svg, of the films answered by models that never saw them."""
    bins = reliability(evaluation.answers[CROSS_VALIDATION], seed)
    for name, draw in (
        ("confusion", confused(evaluation.confusions[CROSS_VALIDATION])),
        ("reliability", reliable(bins)),
    ):
        _save(folder, name, f"{evaluation.name}: {name}", (4.5, 4), draw)


def draw_comparison(evaluations: Sequence[Evaluation], folder: Path) -> None:
    """comparison.svg: every candidate's macro-F1 on the complete films, with its interval."""
    ranked = sorted(evaluations, key=lambda evaluation: -evaluation.goal.value)
    rows = [(evaluation.name, evaluation.goal) for evaluation in ranked]
    height, draw = intervals(rows, "macro-F1 on the complete films")
    _save(folder, "comparison", "every candidate's macro-F1", (7, height), draw)


def keep_pictures(report: Report, folder: Path) -> None:
    """The pictures that only a page has beside these, under their names there: pareto.svg, learning.svg, …"""
    for picture in (section.picture for section in report.sections):
        if picture and picture.name not in _DRAWN_ALREADY:
            (folder / f"{picture.name}.svg").write_text(picture.svg, encoding="utf-8")


def _save(folder: Path, name: str, told: str, size: tuple[float, float], draw: Draw) -> None:
    (folder / f"{name}.svg").write_text(svg(name, told, *size, draw), encoding="utf-8")
