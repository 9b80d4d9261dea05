"""What was found, in Markdown; where a figure isn't reached, what came nearest, and what more films would bring."""

from collections.abc import Iterator, Sequence

import numpy as np

from benchmarks.defaults.differences import FIGURES, calibration, differences, figures
from benchmarks.defaults.repeats import OURS, Answered
from cinecote_train.arrays import Floats
from cinecote_train.report_page.learning_curve import LearningPoint
from cinecote_train.scoring import CALIBRATION, KAPPA, MACRO_F1, Estimate

GOALS = {MACRO_F1: 0.01, KAPPA: 0.02}
"""Above each default."""

CALIBRATION_GOAL = 0.03
"""At most."""

ATTEMPTS = 3
_TOLD = {MACRO_F1: "macro-F1", KAPPA: "weighted kappa"}


def compared(answered: Answered, seed: int) -> Iterator[str]:
    """A line a default: its figures, ours less its own, and what becomes of the goals; then of calibration."""
    ours = figures(answered.labels, answered.attempts[OURS])
    yield f"Ours: {', '.join(f'{_TOLD[name]} {value:.3f}' for name, value in ours.items())}.\n"
    yield f"| default | {' | '.join(f'{_TOLD[name]} | ours above it | at least {GOALS[name]}' for name in FIGURES)} |"
    yield f"| --- |{' --- |' * 3 * len(FIGURES)}"
    for name, theirs in answered.defaults.items():
        own = figures(answered.labels, theirs)
        above = differences(answered.labels, answered.attempts[OURS], theirs, seed)
        cells = (
            f"{_minus(f'{own[f]:.3f}')} | {_interval(above[f])} | {_verdict(above[f].value >= GOALS[f])}"
            for f in FIGURES
        )
        yield f"| {name} | {' | '.join(cells)} |"
    errors = calibration(answered.labels, answered.attempts[OURS], seed)
    told = ", ".join(map(_plain, errors))
    yield f"\nCalibration error {told}; at most {CALIBRATION_GOAL}: {_verdict(_mean(errors) <= CALIBRATION_GOAL)}."


def missed(answered: Answered, seed: int) -> list[str]:
    """The figures in which some default is nearer to ours than the goal; calibration where ours is above its own."""
    ours = figures(answered.labels, answered.attempts[OURS])
    best = [figures(answered.labels, theirs) for theirs in answered.defaults.values()]
    found = [name for name, goal in GOALS.items() if any(ours[name] - own[name] < goal for own in best)]
    calibrated = _mean(calibration(answered.labels, answered.attempts[OURS], seed)) <= CALIBRATION_GOAL
    return found if calibrated else [*found, CALIBRATION]


def nearest(answered: Answered, figure: str, seed: int) -> Iterator[str]:
    """The three best attempts at a figure: at calibration by themselves, else beside the default that is best in it."""
    if figure == CALIBRATION:
        yield from _best_calibrated(answered, seed)
        return
    of = {name: figures(answered.labels, theirs)[figure] for name, theirs in answered.defaults.items()}
    rival = max(of, key=lambda name: of[name])
    reached = {name: figures(answered.labels, own)[figure] for name, own in answered.attempts.items()}
    yield f"\nThe three best attempts at {_TOLD[figure]}, each less the default {rival} ({of[rival]:.3f}):\n"
    yield f"| attempt | {_TOLD[figure]} | less {rival} |\n| --- | --- | --- |"
    for name in sorted(reached, key=lambda name: -reached[name])[:ATTEMPTS]:
        apart = _apart(answered, answered.attempts[name], answered.defaults[rival], figure, seed)
        yield f"| {name} | {reached[name]:.3f} | {_interval(apart)} |"


def _best_calibrated(answered: Answered, seed: int) -> Iterator[str]:
    errors = {name: calibration(answered.labels, own, seed) for name, own in answered.attempts.items()}
    yield "\nThe three best attempts at calibration, an error a repeat:\n"
    yield "| attempt | calibration error |\n| --- | --- |"
    for name in sorted(errors, key=lambda name: _mean(errors[name]))[:ATTEMPTS]:
        yield f"| {name} | {', '.join(map(_plain, errors[name]))} |"


def curve(points: Sequence[LearningPoint]) -> Iterator[str]:
    """What the procedure is worth when it learns from a part of its films."""
    yield "\nThe learning curve, of the first repeat:\n\n| films seen | macro-F1 | log-loss |\n| --- | --- | --- |"
    for point in points:
        yield f"| {point.films:,} | {_plain(point.macro_f1)} | {_plain(point.log_loss)} |"


def _mean(found: Sequence[Estimate]) -> float:
    return float(np.mean([each.value for each in found]))


def _apart(answered: Answered, ours: Floats, theirs: Floats, figure: str, seed: int) -> Estimate:
    return differences(answered.labels, ours, theirs, seed)[figure]


def _interval(apart: Estimate) -> str:
    return _minus(f"{apart.value:+.3f} ({apart.low:+.3f} to {apart.high:+.3f})")


def _plain(found: Estimate) -> str:
    return _minus(f"{found.value:.3f} ({found.low:.3f} to {found.high:.3f})")


def _minus(numbers: str) -> str:
    return numbers.replace("-", "−")


def _verdict(reached: bool) -> str:
    return "reached" if reached else "**missed**"
