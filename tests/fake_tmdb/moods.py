"""What goes wrong, how often, and what it looks like."""

import random
from dataclasses import dataclass, field
from typing import Any

REFUSALS = {"offline": 9, "error": 11, "timeout": 24, "backend": 43, "maintenance": 46}
BROKEN = ("cut", "cut short", "half", "html", "absurd", "slow", "429")
KINDS = (*REFUSALS, *BROKEN)
"""The faults that `faults` is spread over evenly: TMDB's own [error body], a limit without Retry-After [429], a
connection cut before or within the answer, half an answer, a page in place of JSON, impossible values, slowness."""

_ABSURD: tuple[Any, ...] = (
    None, [], 0, "", {}, {"id": 0}, {"id": -1, "title": 1}, {"runtime": 1e308}, {"results": None}, {"page": "one"},
    {"vote_average": "NaN", "title": "x"}, {"results": [{"id": "x"}], "total_pages": -1}, [[[[[]]]]],
)  # fmt: skip


@dataclass(slots=True)
class Mood:
    """Shares are of the API's requests; `delay` is a round trip and `jitter` its most variation, in seconds.

    `penalties` is the share that starts a second of 429 with Retry-After for everybody. `moving` is the share of list
    requests during which films change pages, `vanishing` that during which a film is deleted. `refusal` is a code of
    TMDB's that everything is answered with. Films of `broken` are told of by nothing that can be read, for good, and
    `odd_rows` stand on the first page of each list, and in the file of ids, beside the films.
    """

    faults: float = 0.0
    penalties: float = 0.0
    moving: float = 0.0
    vanishing: float = 0.0
    delay: float = 0.0
    jitter: float = 0.0
    slow: float = 2.0
    retry_after: int = 1
    refusal: int | None = None
    only: str | None = None
    broken: list[int] = field(default_factory=list)
    odd_rows: list[Any] = field(default_factory=list)
    chance: random.Random = field(default_factory=lambda: random.Random(7))

    def fault(self) -> str | None:
        """The fault of the next answer, where it has one."""
        roll = self.chance.random()
        if roll < self.penalties:
            return "penalty"
        if roll < self.penalties + self.faults:
            return self.only or self.chance.choice(KINDS)
        return None

    def absurd(self) -> Any:
        return self.chance.choice(_ABSURD)

    def happens(self, share: float) -> bool:
        return self.chance.random() < share
