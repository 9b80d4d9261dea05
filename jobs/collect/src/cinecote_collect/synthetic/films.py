"""Made-up films as rows of a table, one by one: any number of them takes the same memory."""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from cinecote_collect.layouts import SYNTHETIC, Layout
from cinecote_collect.rows import RawRow
from cinecote_collect.synthetic import shapes
from cinecote_collect.synthetic.naming import Namer

MOST_FILMS = 10_000_000

_FACTOR = shapes.factor()
_INCOMPLETE = shapes.ROWS - shapes.COMPLETE
_GENRES = (
    "Drama",
    "Comedy",
    "Thriller",
    "Action",
    "Romance",
    "Adventure",
    "Crime",
    "Science Fiction",
    "Horror",
    "Family",
)
_STATUSES = ("Released", "Rumored", "Post Production")
_STATUS_SHARES = (0.9983, 0.9993, 1.0)


@dataclass(frozen=True, slots=True)
class SyntheticFilms:
    """`count` films that follow from `seed`: fewer of them are the first of more of them."""

    count: int
    seed: int
    layout: Layout = SYNTHETIC

    @property
    def lines(self) -> int:
        """As many as a file of these films would have, its header too."""
        return self.count + 1

    def rows(self) -> Iterator[RawRow]:
        """Each film as a row, in the order of `layouts.FIELDS`."""
        # Not for secrets: the same films from the same seed.
        maker = _Maker(Random(self.seed))  # noqa: S311
        for number in range(1, self.count + 1):
            yield RawRow(number + 1, maker.fields(number))


class _Maker:
    def __init__(self, pick: Random) -> None:
        self._pick = pick
        self._namer = Namer(pick)

    def fields(self, number: int) -> tuple[str, ...]:
        pick = self._pick
        complete = pick.random() < shapes.COMPLETE / shapes.ROWS
        decade = pick.choices(range(len(shapes.DECADES)), cum_weights=shapes.FILMS_OF_DECADE)[0]
        latents = self._latents()
        votes_curve, rating_curve = (shapes.VOTES, shapes.RATING) if complete else (shapes.FEW_VOTES, shapes.FEW_RATED)
        votes = round(votes_curve.at((latents[0] + shapes.VOTES_SHIFT[decade]) * shapes.NARROWED))
        rating = round(rating_curve.at((latents[4] + shapes.RATING_SHIFT[decade]) * shapes.NARROWED), 1)
        budget, revenue, runtime = self._inputs(latents, complete)
        return (
            self._namer.title(), self._day(decade), str(budget), str(revenue), str(runtime), str(votes),
            str(rating if votes else 0.0), self._genres(),
            pick.choices(_STATUSES, cum_weights=_STATUS_SHARES)[0], "False", str(number),
        )  # fmt: skip

    def _latents(self) -> list[float]:
        drawn = [self._pick.gauss(0.0, 1.0) for _ in _FACTOR]
        return [sum(part * value for part, value in zip(row, drawn, strict=False)) for row in _FACTOR]

    def _inputs(self, latents: list[float], complete: bool) -> tuple[int, int, int]:
        """Budget, revenue, running time; 0 where unknown."""
        budget, revenue = _round_money(shapes.BUDGET.at(latents[2])), round(shapes.REVENUE.at(latents[1]))
        runtime = round(shapes.RUNTIME.at(latents[3]))
        if not complete:
            unknown = self._pick.random() * _INCOMPLETE
            if unknown < shapes.NO_BUDGET:
                budget = 0
            if unknown < shapes.NEITHER or unknown >= shapes.NO_BUDGET:
                revenue = 0
            if self._pick.random() < shapes.NO_RUNTIME / _INCOMPLETE:
                runtime = 0
        return self._small(budget, shapes.SMALL_BUDGET), self._small(revenue, shapes.SMALL_REVENUE), runtime

    def _small(self, amount: int, rows: int) -> int:
        """At times in millions, as some people write it."""
        wrong = amount >= 1_000_000 and self._pick.random() < rows / shapes.ROWS
        return min(amount // 1_000_000, 999) if wrong else amount

    def _day(self, decade: int) -> str:
        first = shapes.DECADES[decade]
        years = min(10, shapes.LAST_YEAR + 1 - first)
        year, month = first + int(self._pick.random() * years), 1 + int(self._pick.random() * 12)
        day = 1 + int(self._pick.random() * calendar.monthrange(year, month)[1])
        return f"{year}-{month:02}-{day:02}"

    def _genres(self) -> str:
        wanted = 1 + int(self._pick.random() * 3)
        # The first ones are the commonest.
        return ", ".join(dict.fromkeys(_GENRES[int(self._pick.random() ** 2 * len(_GENRES))] for _ in range(wanted)))


def _round_money(amount: float) -> int:
    """To two figures, as budgets are told."""
    unit: int = 10 ** max(len(str(int(amount))) - 2, 0)
    return round(amount / unit) * unit
