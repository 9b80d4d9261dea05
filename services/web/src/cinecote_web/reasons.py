"""Why an estimate is what it is, in the order and the words that a person reads it in."""

from dataclasses import dataclass

from cinecote.features import ACCEPTED, Input
from cinecote.films import Category
from cinecote_web.api_answers import Explanation, FilmRecord

_BY_NAME = {accepted.name: accepted for accepted in ACCEPTED}


@dataclass(frozen=True, slots=True)
class Push:
    """By how much an input, its value None where unknown, moves the category's probability: `share`, of 1."""

    input: Input
    value: float | None
    share: float


@dataclass(frozen=True, slots=True)
class Change:
    """Another value of one input, and the category that the film would then be of."""

    input: Input
    present: float
    value: float
    category: Category


@dataclass(frozen=True, slots=True)
class Reasons:
    """What a category's probability is made of: `base`, that of films in general, and the pushes, largest first."""

    category: Category
    base: float
    pushes: tuple[Push, ...]
    change: Change | None
    near: tuple[FilmRecord, ...]

    @property
    def reach(self) -> float:
        """The largest push either way; never 0."""
        return max((abs(push.share) for push in self.pushes), default=0.0) or 1.0

    @property
    def total(self) -> float:
        return self.base + sum(push.share for push in self.pushes)


def reasons(explanation: Explanation, film_id: int | None = None) -> Reasons:
    """What `explanation` says of its category; the film that was asked about, `film_id`, is near no other."""
    category = explanation.category
    pushes = [
        Push(_BY_NAME[told.name], told.value, told.shares[category])
        for told in explanation.inputs
        # An input that the model takes and nobody can type here moves nothing worth a line.
        if told.name in _BY_NAME and (told.value is not None or told.shares[category])
    ]
    return Reasons(
        category,
        explanation.base[category],
        tuple(sorted(pushes, key=lambda push: -abs(push.share))),
        _change(explanation),
        tuple(near.film for near in explanation.neighbours if near.film.id != film_id),
    )


def _change(explanation: Explanation) -> Change | None:
    flip = explanation.flip
    if flip is None or flip.input not in _BY_NAME:
        return None
    return Change(_BY_NAME[flip.input], flip.from_, flip.to, flip.category)
