"""Where a chart's bars, labels and rules stand on its drawing, in the units of the drawing's viewBox."""

import math
from dataclasses import dataclass

from cinecote_web.bar_chart import Bar, BarChart, Part

_WIDTH = 760.0
_STANDING_HEIGHT = 320.0
_LYING_STEP = 28.0
_FOOT, _TOP, _RIGHT = 30.0, 10.0, 30.0
_LEFT_OF_NUMBERS, _LEFT_OF_NAMES = 78.0, 230.0
_THICKNESS = 0.74
_MOST_LABELS = 12


@dataclass(frozen=True, slots=True)
class Box:
    """A part of a bar as a rectangle."""

    part: Part
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class PlacedBar:
    """A bar's rectangles, and where its label is written; not `labelled` where there is no room for it."""

    bar: Bar
    boxes: tuple[Box, ...]
    x: float
    y: float
    labelled: bool


@dataclass(frozen=True, slots=True)
class PlacedMark:
    """A value of the axis, the rule across the drawing, and where the value is written."""

    value: float
    rule: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Layout:
    width: float
    height: float
    bars: tuple[PlacedBar, ...]
    marks: tuple[PlacedMark, ...]


def lay_out(chart: BarChart) -> Layout:
    """Bars to the right, one below the other, where the drawing is lying; otherwise standing side by side."""
    return _lying(chart) if chart.drawing.lying else _standing(chart)


def _standing(chart: BarChart) -> Layout:
    across, up = _WIDTH - _LEFT_OF_NUMBERS - _RIGHT, _STANDING_HEIGHT - _TOP - _FOOT
    step, scale = across / len(chart.bars), up / chart.top
    every = math.ceil(len(chart.bars) / _MOST_LABELS)
    bars = []
    for place, bar in enumerate(chart.bars):
        x = _LEFT_OF_NUMBERS + step * place
        boxes = tuple(
            Box(part, x, _TOP + up - scale * (part.start + part.value), step * _THICKNESS, scale * part.value)
            for part in bar.parts
        )
        bars.append(PlacedBar(bar, boxes, x + step * _THICKNESS / 2, _STANDING_HEIGHT - 10, place % every == 0))
    marks = []
    for value in chart.marks:
        y = _TOP + up - scale * value
        marks.append(PlacedMark(value, f"M{_LEFT_OF_NUMBERS} {y:.1f}H{_WIDTH - _RIGHT}", _LEFT_OF_NUMBERS - 8, y + 4))
    return Layout(_WIDTH, _STANDING_HEIGHT, tuple(bars), tuple(marks))


def _lying(chart: BarChart) -> Layout:
    across, height = _WIDTH - _LEFT_OF_NAMES - _RIGHT, _LYING_STEP * len(chart.bars) + _TOP + _FOOT
    scale = across / chart.top
    bars = []
    for place, bar in enumerate(chart.bars):
        y = _TOP + _LYING_STEP * place
        boxes = tuple(
            Box(part, _LEFT_OF_NAMES + scale * part.start, y, scale * part.value, _LYING_STEP * _THICKNESS)
            for part in bar.parts
        )
        bars.append(PlacedBar(bar, boxes, _LEFT_OF_NAMES - 8, y + _LYING_STEP * 0.53, labelled=True))
    marks = []
    for value in chart.marks:
        x = _LEFT_OF_NAMES + scale * value
        marks.append(PlacedMark(value, f"M{x:.1f} {_TOP - 4}V{height - _FOOT}", x, height - 10))
    return Layout(_WIDTH, height, tuple(bars), tuple(marks))
