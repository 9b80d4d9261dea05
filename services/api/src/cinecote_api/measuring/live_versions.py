"""What became of a version's answers once their films were found again. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np

from cinecote.asked import AskedFilm
from cinecote.films import CATEGORIES, Category
from cinecote_api.measuring.live_films import FoundFilm
from cinecote_api.measuring.live_scores import Scores, score


class Rejoined(NamedTuple):
    """An answer, and the film that was meant; None where it may be several."""

    asked: AskedFilm
    film: FoundFilm | None


@dataclass(frozen=True, slots=True)
class LiveVersion:
    """One version's answers: `films` of them are scored, each film once, and so many are left out.

    Films released after `since`, by when it was trained, can't have been among its training films.
    `ambiguous` answers may be about several films, `known` ones are about a film of before, `waiting` ones about a film
    with too few votes. `categories` are those of the scored films.
    """

    version: str
    since: date
    ambiguous: int
    known: int
    waiting: int
    films: int
    categories: tuple[int, ...]
    scores: Scores


CategoryOf = Callable[[FoundFilm], Category | None]


def by_version(
    answers: Sequence[Rejoined], champion: str, since: Mapping[str, date], category_of: CategoryOf
) -> tuple[LiveVersion, ...]:
    """What became of the answers of the champion and of every other version that has any; `since` has them all."""
    versions = sorted({champion, *(each.asked.version for each in answers)})
    own = {version: [each for each in answers if each.asked.version == version] for version in versions}
    return tuple(_rejoined(version, since[version], own[version], category_of) for version in versions)


def _rejoined(version: str, since: date, answers: Iterable[Rejoined], category_of: CategoryOf) -> LiveVersion:
    """What became of the answers of `version`: of a film asked about again, the first one is scored."""
    ambiguous = known = 0
    first: dict[int, tuple[AskedFilm, FoundFilm]] = {}
    for asked, film in sorted(answers, key=lambda each: each.asked.at):
        if film is None:
            ambiguous += 1
        elif film.release_date is None or film.release_date <= since:
            known += 1
        else:
            first.setdefault(film.id, (asked, film))
    rated = [(asked, category) for asked, film in first.values() if (category := category_of(film)) is not None]
    probabilities = np.array([asked.probabilities for asked, _ in rated]).reshape(-1, len(CATEGORIES))
    categories = np.array([CATEGORIES.index(category) for _, category in rated], dtype=np.intp)
    return LiveVersion(
        version=version,
        since=since,
        ambiguous=ambiguous,
        known=known,
        waiting=len(first) - len(rated),
        films=len(rated),
        categories=tuple(np.bincount(categories, minlength=len(CATEGORIES)).tolist()),
        scores=score(probabilities, categories),
    )
