"""The inputs of all known films in memory, and the films nearest to a request."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cinecote.features import ACCEPTED
from cinecote_api.graph import Matrix

BLOCK = 32_768
"""Films compared at once: so many distances stay in a core's cache."""

Logs = NDArray[np.float32]
Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Block:
    """Films by rising id; `logs` [5, n] of log(1 + x) in the order of ACCEPTED, NaN unknown."""

    ids: Ids
    logs: Logs


@dataclass(frozen=True, slots=True)
class Neighbour:
    film_id: int
    distance: float


class FilmIndex:
    """The films of `blocks`, which become the index's own, standardised: 28 MB a million.

    Every film is compared with each request. A tree would be faster for one set of inputs, but a request may know any
    of 31, and most films lack some; this takes 2 to 3 ms a million on one core, and leaves the interpreter to others.
    """

    def __init__(self, blocks: Sequence[Block]) -> None:
        self._blocks = blocks
        self._spreads = _spreads(block.logs for block in blocks)
        for block in blocks:
            np.divide(block.logs, self._spreads[:, None], out=block.logs)

    def __len__(self) -> int:
        return sum(len(block.ids) for block in self._blocks)

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(block.ids.nbytes + block.logs.nbytes for block in self._blocks)

    def nearest(self, film: Matrix, count: int) -> list[Neighbour]:
        """The `count` films nearest to `film` [5], among those of which all is known that is known of it.

        The distance is Euclidean, over the known inputs' log(1 + x), each divided by its standard deviation in the
        index. Of films equally near, those with the smaller ids.
        """
        known = np.flatnonzero(~np.isnan(film)).tolist()
        # The very operations that made the index, so that a film is at distance 0 from itself.
        asked = film_logs(film) / self._spreads
        ids, squares = np.empty(0, np.int64), np.empty(0, np.float32)
        room, square = np.empty((2, BLOCK), np.float32)
        for block in self._blocks:
            near = _nearer(block.logs, asked, known, count, squares, room[: len(block.ids)], square[: len(block.ids)])
            ids, squares = np.concatenate([ids, block.ids[near]]), np.concatenate([squares, room[near]])
            order = np.argsort(squares, kind="stable")[:count]
            ids, squares = ids[order], squares[order]
        distances = np.sqrt(squares.astype(np.float64))
        return [Neighbour(*pair) for pair in zip(ids.tolist(), distances.tolist(), strict=True)]


def film_logs(films: Matrix) -> Logs:
    """log(1 + x) of inputs as the index keeps them."""
    return np.log1p(films).astype(np.float32)


def _nearer(
    logs: Logs, asked: Logs, known: Sequence[int], count: int, best: Logs, squares: Logs, room: Logs
) -> NDArray[np.intp]:
    """Where in the block the films are that come before the `best` so far; leaves all distances in `squares`."""
    first, *others = known
    np.subtract(logs[first], asked[first], out=squares)
    np.multiply(squares, squares, out=squares)
    for place in others:
        np.subtract(logs[place], asked[place], out=room)
        np.multiply(room, room, out=room)
        np.add(squares, room, out=squares)
    # Nothing is less than a distance that isn't known.
    near = np.flatnonzero(squares < (best[-1] if len(best) == count else np.inf))
    if len(near) > count:
        limit = np.partition(squares[near], count - 1)[count - 1]
        near = near[squares[near] <= limit]
    return near


def _spreads(blocks: Iterable[Logs]) -> Logs:
    """Each input's standard deviation over the films of which it is known; 1 where that says nothing."""
    known, sums, squares = np.zeros((3, len(ACCEPTED)))
    for logs in blocks:
        known += (~np.isnan(logs)).sum(axis=1)
        sums += np.nansum(logs, axis=1, dtype=np.float64)
        squares += np.nansum(np.square(logs, dtype=np.float64), axis=1)
    counts = np.maximum(known, 1)
    spreads = np.sqrt(np.maximum(squares / counts - (sums / counts) ** 2, 0))
    return np.where(spreads > 1e-6, spreads, 1.0).astype(np.float32)
