"""The films that were asked about, as an answer's row in the predictions' log tells them. Pure."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from cinecote.features import ACCEPTED

MOST_OF_AN_ANSWER = 500
"""Films: of a larger batch so many are taken, evenly spread, so that no single caller's table is what was asked."""

_PLACES = {accepted.name: place for place, accepted in enumerate(ACCEPTED)}


@dataclass(frozen=True, slots=True)
class AskedFilm:
    """A film that `version` was asked about: `inputs` in the order of ACCEPTED, None unknown, and what it answered,
    in the order of CATEGORIES."""

    at: datetime
    version: str
    inputs: tuple[float | None, ...]
    probabilities: tuple[float, ...]

    def value(self, name: str) -> float | None:
        return self.inputs[_PLACES[name]]


def films_of(at: datetime, version: str, inputs: str, probabilities: str) -> Iterator[AskedFilm]:
    """The films of one answer, MOST_OF_AN_ANSWER of them at most; none of a sweep."""
    films = [tuple(film) for film in json.loads(inputs)]
    if is_sweep(films):
        return
    answers = json.loads(probabilities)
    for place in _spread(len(films)):
        yield AskedFilm(at, version, films[place], tuple(answers[place]))


def is_sweep(films: list[tuple[float | None, ...]]) -> bool:
    """Whether one film was asked about with one input moved along its range, as the page draws a curve.

    Such films are nobody's: all that is known of them is the same but for one input, which always differs.
    """
    if len(films) < 3:
        return False
    columns = list(zip(*films, strict=True))
    moved = [column for column in columns if len(set(column)) > 1]
    fixed = any(column[0] is not None for column in columns if column not in moved)
    return fixed and len(moved) == 1 and len(set(moved[0])) == len(films)


def distinct(films: Iterable[AskedFilm]) -> list[AskedFilm]:
    """Each film once, the newest answer about it: a probe's hundredth question says nothing new."""
    by_inputs: dict[tuple[float | None, ...], AskedFilm] = {}
    for film in films:
        known = by_inputs.get(film.inputs)
        if known is None or known.at < film.at:
            by_inputs[film.inputs] = film
    return list(by_inputs.values())


def _spread(films: int) -> Iterable[int]:
    if films <= MOST_OF_AN_ANSWER:
        return range(films)
    return (part * films // MOST_OF_AN_ANSWER for part in range(MOST_OF_AN_ANSWER))
