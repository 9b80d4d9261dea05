"""The inputs of all known films in memory, and the films nearest to a request."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cinecote.features import ACCEPTED
from cinecote_api.models.graph import Matrix

_BLOCK = 32_768
"""Films compared at once: so many distances stay in a core's cache."""

Logs = NDArray[np.float32]
Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Group:
    """The films of which the same is known: `places` in ACCEPTED, rising ids [n], and log(1 + x) [len(places), n]."""

    places: tuple[int, ...]
    ids: Ids
    logs: Logs


@dataclass(frozen=True, slots=True)
class Neighbour:
    film_id: int
    distance: float


class FilmIndex:
    """The films of `groups`, whose logs are standardised here in their place: at most 28 MB a million.

    A request is compared with every film of which as much is known. A tree would be faster for one set of inputs, but a
    request may know any of 31; this takes 3 ms a million on one core at worst, and leaves the interpreter to others.
    """

    def __init__(self, groups: Sequence[Group]) -> None:
        self._groups = groups
        self._spreads = _spreads(groups)
        for group in groups:
            np.divide(group.logs, self._spreads[list(group.places), None], out=group.logs)

    def __len__(self) -> int:
        return sum(len(group.ids) for group in self._groups)

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(group.ids.nbytes + group.logs.nbytes for group in self._groups)

    def nearest(self, film: Matrix, count: int) -> list[Neighbour]:
        """The `count` films nearest to `film` [5], among those of which all is known that is known of it.

        The distance is Euclidean, over the known inputs' log(1 + x), each divided by its standard deviation in the
        index. Of films equally near, those with the smaller ids.
        """
        known = np.flatnonzero(~np.isnan(film)).tolist()
        # The very operations that made the index, so that a film is at distance 0 from itself.
        asked = (film_logs(film) / self._spreads)[known]
        ids, squares = np.empty(0, np.int64), np.empty(0, np.float32)
        for some, columns in self._comparable(known):
            distances = _squares(columns, asked)
            near = _nearest_of(distances, count, squares[-1] if len(squares) == count else np.inf)
            ids, squares = np.concatenate([ids, some[near]]), np.concatenate([squares, distances[near]])
            order = np.lexsort((ids, squares))[:count]
            ids, squares = ids[order], squares[order]
        roots = np.sqrt(squares.astype(np.float64))
        return [Neighbour(*pair) for pair in zip(ids.tolist(), roots.tolist(), strict=True)]

    def _comparable(self, known: Sequence[int]) -> Iterator[tuple[Ids, list[Logs]]]:
        """The films of which all the `known` inputs are known, a block at a time, with a column for each of these."""
        for group in self._groups:
            if set(known) <= set(group.places):
                columns = [group.logs[group.places.index(place)] for place in known]
                for start in range(0, len(group.ids), _BLOCK):
                    block = slice(start, start + _BLOCK)
                    yield group.ids[block], [column[block] for column in columns]


def film_logs(films: Matrix) -> Logs:
    """log(1 + x) of inputs as the index keeps them."""
    return np.log1p(films).astype(np.float32)


def _squares(columns: Sequence[Logs], asked: Logs) -> Logs:
    """The squares of the films' distances from what is asked."""
    squares: Logs = np.zeros_like(columns[0])
    room = np.empty_like(squares)
    for column, value in zip(columns, asked, strict=True):
        np.subtract(column, value, out=room)
        np.multiply(room, room, out=room)
        np.add(squares, room, out=squares)
    return squares


def _nearest_of(squares: Logs, count: int, limit: float) -> NDArray[np.intp]:
    """Where the first films are that come within the `count` nearest, given the last of those found so far."""
    near = np.flatnonzero(squares < limit)
    if len(near) > count:
        limit = np.partition(squares[near], count - 1)[count - 1]
        near = near[squares[near] < limit]
    # Thousands may be equally near (nobody voted): the first ones have the smallest ids.
    return np.concatenate([near, np.flatnonzero(squares == limit)[:count]])


def _spreads(groups: Sequence[Group]) -> Logs:
    """Each input's standard deviation over the films of which it is known; 1 where that says nothing."""
    known, sums, squares = np.zeros((3, len(ACCEPTED)))
    for group in groups:
        places = list(group.places)
        known[places] += len(group.ids)
        sums[places] += group.logs.sum(axis=1, dtype=np.float64)
        squares[places] += np.square(group.logs, dtype=np.float64).sum(axis=1)
    counts = np.maximum(known, 1)
    spreads = np.sqrt(np.maximum(squares / counts - (sums / counts) ** 2, 0))
    return np.where(spreads > 1e-6, spreads, 1.0).astype(np.float32)
