"""Each category's probability while one input changes and the others stay."""

from dataclasses import dataclass
from itertools import pairwise

from cinecote.features import Input
from cinecote.films import CATEGORIES, Category
from cinecote_web.api_answers import PointAlong
from cinecote_web.film_form import Field, FilmForm
from cinecote_web.spans import SPANS, Span

_POINTS = 49
_WIDTH, _HEIGHT = 620.0, 300.0
_LEFT, _TOP, _RIGHT, _FOOT = 64.0, 24.0, 30.0, 34.0


@dataclass(frozen=True, slots=True)
class Curve:
    """The probabilities at values of the input from one end of its span to the other; `present` is the form's."""

    input: Input
    points: tuple[PointAlong, ...]
    present: float | None

    @property
    def span(self) -> Span:
        return SPANS[self.input.name]

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the drawing."""
        return _WIDTH, _HEIGHT

    def x(self, value: float) -> float:
        return round(_LEFT + (_WIDTH - _LEFT - _RIGHT) * self.span.place(value), 1)

    def y(self, share: float) -> float:
        return round(_TOP + (_HEIGHT - _TOP - _FOOT) * (1 - share), 1)

    def path(self, category: Category) -> str:
        """The category's line, as SVG writes a path."""
        return "M" + "L".join(f"{self.x(it.value)} {self.y(it.probabilities[category])}" for it in self.points)

    @property
    def turns(self) -> list[tuple[float, Category]]:
        """From which value on which category is the likeliest: from the low end, then from about where that turns."""
        turns = [(self.points[0].value, _likeliest(self.points[0]))]
        for before, after in pairwise(self.points):
            was, becomes = _likeliest(before), _likeliest(after)
            if was != becomes:
                turns.append((self._meeting(before, after, was, becomes), becomes))
        return turns

    def _meeting(self, before: PointAlong, after: PointAlong, was: Category, becomes: Category) -> float:
        """Where between two points the lines of two categories meet, in as many digits as that can be told in."""
        lead = before.probabilities[was] - before.probabilities[becomes]
        loss = after.probabilities[becomes] - after.probabilities[was]
        first, last = self.span.place(before.value), self.span.place(after.value)
        met = self.span.at(first + (last - first) * lead / (lead + loss))
        return float(f"{met:.1e}") if self.span.logarithmic else met


def _likeliest(point: PointAlong) -> Category:
    return max(CATEGORIES, key=lambda category: point.probabilities[category])


def field_along(form: FilmForm, name: str) -> Field | None:
    """The field of that name, None where the form has none."""
    return next((field for field in form.fields if field.input.name == name), None)


def values_along(field: Field) -> list[float]:
    """The values that a curve along `field` goes through, the form's among them."""
    span, present = SPANS[field.input.name], _present(field)
    values: set[float] = {span.at(place / (_POINTS - 1)) for place in range(_POINTS)}
    if present is not None and span.low < present < span.high:
        values.add(present)
    return sorted(values)


def drawn_along(field: Field, points: tuple[PointAlong, ...]) -> Curve | None:
    """The curve along `field`, None where no whole one was told."""
    return Curve(field.input, points, _present(field)) if len(points) == len(values_along(field)) else None


def _present(field: Field) -> float | None:
    return field.value if field.known else None
