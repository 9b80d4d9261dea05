"""A query's answer as bars: their lengths, and where the axis is marked."""

import math
from dataclasses import dataclass

from cinecote.films import CATEGORIES
from cinecote_web.drawings import Drawing
from cinecote_web.query_answers import Cell, QueryTable

_MOST_BARS = 200
_MARKS = 5


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a bar, of the series of that name: from `start` on `value` long, both in the measure's unit."""

    series: str
    start: float
    value: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; `label` is a value of the column along the axis, `measure` the column that it shows."""

    label: Cell
    measure: str
    parts: tuple[Part, ...]

    @property
    def total(self) -> float:
        return sum(part.value for part in self.parts)


@dataclass(frozen=True, slots=True)
class BarChart:
    """Bars in the answer's order, lying ones the longest first, and the axis' `marks` from 0 to its `top`."""

    bars: tuple[Bar, ...]
    drawing: Drawing
    marks: tuple[float, ...]

    @property
    def series(self) -> tuple[str, ...]:
        """The names of all parts, as they first come."""
        return tuple(dict.fromkeys(part.series for bar in self.bars for part in bar.parts))

    @property
    def longest(self) -> Bar:
        return max(self.bars, key=lambda bar: bar.total)

    @property
    def top(self) -> float:
        return self.marks[-1]


def bar_chart(table: QueryTable, drawing: Drawing) -> BarChart | None:
    """The chart of `table`; None where it lacks a column, or has nothing or too much to draw."""
    wanted = {drawing.along, *drawing.measures, *filter(None, [drawing.parts])}
    if not wanted <= set(table.columns):
        return None
    bars = _bars(table, drawing)
    longest = max((bar.total for bar in bars), default=0)
    if not longest > 0 or len(bars) > _MOST_BARS:
        return None
    return BarChart(tuple(bars), drawing, marks(longest))


def _bars(table: QueryTable, drawing: Drawing) -> list[Bar]:
    values: dict[tuple[Cell, str], dict[str, float]] = {}
    for row in table.rows:
        cells = dict(zip(table.columns, row, strict=True))
        for measure in drawing.measures:
            value, bar = cells[measure], values.setdefault((cells[drawing.along], measure), {})
            if isinstance(value, int | float):
                bar[str(cells[drawing.parts]) if drawing.parts else measure] = value
    bars = [Bar(label, measure, _parts(found)) for (label, measure), found in values.items()]
    # Names have no order of their own, and the columns of a row have.
    by_length = drawing.lying and len(drawing.measures) == 1
    return sorted(bars, key=lambda bar: -bar.total) if by_length else bars


def _parts(values: dict[str, float]) -> tuple[Part, ...]:
    """One behind the other, categories in their own order so that bars compare."""
    places: dict[str, int] = {category: place for place, category in enumerate(CATEGORIES)}
    parts: list[Part] = []
    for series in sorted(values, key=lambda name: places.get(name, len(places))):
        parts.append(Part(series, sum(part.value for part in parts), values[series]))
    return tuple(parts)


def marks(longest: float) -> tuple[float, ...]:
    """Round values from 0 on, evenly apart, the last at `longest` or just above it."""
    power = 10.0 ** math.floor(math.log10(longest / _MARKS))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power * _MARKS >= longest * (1 - 1e-9))
    return tuple(step * place for place in range(math.ceil(longest / step - 1e-9) + 1))
