"""One row a film, where several sources (or one source twice) tell of the same film."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from cinecote.films import film_identity

_SAME_RUNTIME = 2
"""Minutes: entries of one title and year that differ by more are different films."""


@dataclass(frozen=True, slots=True)
class StoredFilm:
    """A rated film as the database has it; an unknown fact is None."""

    source: str
    source_id: str
    title: str
    release_date: date | None
    revenue: int | None
    budget: int | None
    runtime: int | None
    vote_count: int
    vote_map: str | None
    vote_average: float

    @property
    def identity(self) -> str:
        return film_identity(self.title, self.release_date.year if self.release_date else None)


def one_row_a_film(films: Iterable[StoredFilm]) -> Iterator[tuple[str, StoredFilm]]:
    """Each film once, with its identity: the entry with most votes; the order depends on the films alone."""
    identified = sorted(
        ((film.identity, film) for film in films),
        key=lambda pair: (pair[0], -pair[1].vote_count, pair[1].source, pair[1].source_id),
    )
    for identity, entries in groupby(identified, key=lambda pair: pair[0]):
        kept: list[StoredFilm] = []
        for _, entry in entries:
            if not any(_same_runtime(entry.runtime, other.runtime) for other in kept):
                kept.append(entry)
                yield identity, entry


def _same_runtime(one: int | None, other: int | None) -> bool:
    return one is None or other is None or abs(one - other) <= _SAME_RUNTIME
