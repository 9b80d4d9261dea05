"""What a training run tries, and for how long."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from cinecote_train.algorithms import ALGORITHMS, BASELINES, Algorithm
from cinecote_train.search import Effort


@dataclass(frozen=True)
class Recipe:
    """The algorithms of a comparison and how hard each is searched; `seed` settles every draw."""

    name: str
    effort: Effort
    seed: int = 0
    algorithms: Sequence[Algorithm] = ALGORITHMS
    baselines: Sequence[Algorithm] = BASELINES


class Budget:
    """So many seconds, from the moment it is made."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def is_over(self) -> bool:
        return time.monotonic() > self._end
