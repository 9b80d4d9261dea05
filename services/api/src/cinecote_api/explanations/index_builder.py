"""An index of films out of their parts."""

from collections import defaultdict

import numpy as np

from cinecote.features import ACCEPTED
from cinecote_api.explanations.film_index import FilmIndex, Group, Ids, Logs, film_logs
from cinecote_api.models.graph import Matrix

_BITS = 1 << np.arange(len(ACCEPTED))


class IndexBuilder:
    """Takes films some at a time, by rising id, and sorts them by what is known of them."""

    def __init__(self) -> None:
        self._parts: defaultdict[int, list[tuple[Ids, Logs]]] = defaultdict(list)

    def add(self, ids: Ids, values: Matrix) -> None:
        """Take films with these `values` [5, n] in the order of ACCEPTED, NaN unknown."""
        logs = film_logs(values)
        known = _BITS @ ~np.isnan(values)
        for bits in np.unique(known[known > 0]).tolist():
            films = np.flatnonzero(known == bits)
            self._parts[bits].append((ids[films], logs[list(_places(bits))][:, films]))

    def index(self) -> FilmIndex:
        """The index of all films taken; the builder is empty then."""
        groups = []
        while self._parts:
            bits, parts = self._parts.popitem()
            ids, logs = zip(*parts, strict=True)
            groups.append(Group(_places(bits), np.concatenate(ids), np.concatenate(logs, axis=1)))
        return FilmIndex(groups)


def _places(bits: int) -> tuple[int, ...]:
    return tuple(place for place in range(len(ACCEPTED)) if bits & _BITS[place])
