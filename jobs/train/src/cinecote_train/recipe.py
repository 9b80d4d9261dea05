"""What a training run tries, and for how long."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cinecote_train.algorithms import ALGORITHMS, BASELINES, Algorithm
from cinecote_train.further_algorithms import FURTHER
from cinecote_train.search import COMPARE, RUN, Effort
from cinecote_train.splits import OUTER_FOLDS
from cinecote_train.vote import VOTE


@dataclass(frozen=True)
class Recipe:
    """The algorithms of a comparison and how hard each is searched; `seed` settles every draw.

    `baselines` are by the name of the model that has to beat them. With `accept_data`, films that are far from the
    champion's are learnt from all the same. Without `report`, what was compared leaves its figures and no page. With
    `vote`, the best of the algorithms are a candidate together. What is searched is searched again in each of the
    `outer_folds`, whose films are scored by what was chosen without them.
    """

    name: str
    effort: Effort
    seed: int = 0
    algorithms: Sequence[Algorithm] = ALGORITHMS
    baselines: Mapping[str, Sequence[Algorithm]] = field(default_factory=lambda: BASELINES)
    accept_data: bool = False
    report: bool = True
    vote: bool = False
    outer_folds: int = OUTER_FOLDS

    @property
    def compared(self) -> list[str]:
        """The candidates' names, if the time is enough for all of them."""
        return [*(algorithm.name for algorithm in self.algorithms), *([VOTE] if self.vote else [])]


def recipe_of(verb: str, seed: int, accept_data: bool) -> Recipe:
    """What `cinecote-train run` or `compare` tries: run the algorithms that differ most, in a minute, compare all."""
    if verb == "compare":
        algorithms = (*ALGORITHMS, *FURTHER)
        return Recipe(verb, COMPARE, seed, algorithms, accept_data=accept_data, vote=True)
    return Recipe(verb, RUN, seed, accept_data=accept_data)


class Budget:
    """So many seconds, from the moment it is made."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def is_over(self) -> bool:
        return time.monotonic() > self._end


def shared(seconds: float, models: int) -> list[Budget]:
    """A budget for each of so many models, one after the other: what one leaves is the next ones'."""
    return [Budget(seconds * (place + 1) / models) for place in range(models)]
