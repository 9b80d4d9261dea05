"""What is being served at this moment."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from typing import Literal, NamedTuple, TypeVar, get_args
from zlib import crc32

import structlog

from cinecote.registry import CHALLENGER, CHAMPION, MODEL_NAME
from cinecote_api.models.served_model import Reason, ServedModel
from cinecote_api.models.traffic import Traffic
from cinecote_api.problems.problems import NO_MODEL, NO_SUCH_MODEL, NOT_FOUND, Problem, unavailable

Role = Literal["champion", "challenger"]
Outcome = Literal["agreed", "differed", "failed", "dropped"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
"""What came of the challenger: of films heard in shadow, it named the champion's category or another one; of requests,
it failed, and the champion's answer stands, or too many were waiting for it to hear this one."""

Answer = TypeVar("Answer")

_RETRY_AFTER_S = 5
_HASHES = 2**32

log = structlog.stdlib.get_logger(__name__)


Answering = tuple[str, str, Role]
"""Who answers: the model's name, its version, its role."""


class Served(NamedTuple):
    """A model and the role in which it answers."""

    model: ServedModel
    role: Role

    @property
    def answering(self) -> Answering:
        return self.model.name, self.model.version, self.role


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a version that is to be served isn't."""

    version: str
    reason: Reason
    detail: str
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class Challenge:
    """The traffic that is asked for, the challenger that is fit for it, and why there is none where there isn't."""

    traffic: Traffic = field(default_factory=Traffic)
    challenger: ServedModel | None = None
    fault: str | None = None

    @property
    def is_idle(self) -> bool:
        """Whether traffic is asked for that nothing can take."""
        return self.fault is not None or (self.traffic.wants_challenger and self.challenger is None)


class Serving:
    """One model's versions in place; each change is one assignment, so that every answer is exactly one version's."""

    def __init__(self, name: str = MODEL_NAME) -> None:
        self.name = name
        self.is_absent = False
        """Whether the registry was asked, and has no champion of this model yet."""
        self.refused: Counter[Reason] = Counter()
        self.refusals: dict[str, Refusal] = {}
        """By role: what the registry names for it and must not be served."""
        self.outcomes: Counter[Outcome] = Counter()
        self.challenge = Challenge()
        self._counting = Lock()
        self._champion: Served | None = None
        # The challenger, and how many of the requests' possible hashes are its own.
        self._split: tuple[Served, int] | None = None

    @property
    def champion(self) -> ServedModel | None:
        return self._champion.model if self._champion else None

    @champion.setter
    def champion(self, model: ServedModel) -> None:
        self._champion = Served(model, CHAMPION)

    def set_challenge(self, challenge: Challenge) -> None:
        """Send the challenger its share of the requests from now on, or none where there is no fit one."""
        self.challenge = challenge
        if challenge.challenger is None or challenge.traffic.shadow:
            self._split = None
        else:
            share = int(challenge.traffic.challenger_weight * _HASHES)
            self._split = Served(challenge.challenger, CHALLENGER), share

    def in_place(self) -> list[Served]:
        """Every model that answers or hears requests."""
        challenger = self.challenge.challenger
        beside = [Served(challenger, CHALLENGER)] if challenger else []
        return [self._champion, *beside] if self._champion else beside

    def model(self) -> ServedModel:
        """The champion; Problem 503 while there is none, 409 where there may never be one."""
        return self._present().model

    def version(self, number: str) -> Served:
        """The model of this version, in whichever role it is in place; Problem 404, 409 or 503 where there is none."""
        self._present()
        for served in self.in_place():
            if served.model.version == number:
                return served
        raise Problem(NOT_FOUND, "this version of the model is not served")

    def model_for(self, request_id: str) -> Served:
        """Who answers this request, for the same id always the same; Problem 409 or 503 while there is nobody."""
        split = self._split
        if split is not None and crc32(request_id.encode()) < split[1]:
            return split[0]
        return self._present()

    def answer(self, request_id: str, work: Callable[[ServedModel], Answer]) -> tuple[Served, Answer]:
        """Who answered, and what `work` gave with that model; where the challenger fails, the champion's.

        Problem 409 or 503 while there is nobody.
        """
        served = self.model_for(request_id)
        if served.role == CHAMPION:
            return served, work(served.model)
        try:
            return served, work(served.model)
        except Exception as fault:  # whatever the runtime's native code fails with
            self.report_failure(served.model, fault)
        champion = self._present()
        return champion, work(champion.model)

    def report_failure(self, challenger: ServedModel, fault: Exception) -> None:
        """Count and log a request that the challenger could not answer."""
        self.count("failed", 1)
        log.error("the challenger failed", model=self.name, version=challenger.version, cause=type(fault).__name__)

    def count(self, outcome: Outcome, times: int) -> None:
        """Count what came of the challenger, from any thread."""
        with self._counting:
            self.outcomes[outcome] += times

    def _present(self) -> Served:
        if self._champion is None:
            if self.is_absent and self.name != MODEL_NAME:
                # Unlike the first model, which every installation trains, this one may never come.
                raise Problem(NO_SUCH_MODEL, f"no version of {self.name} has been promoted")
            raise unavailable(NO_MODEL, "predictions begin when a champion has been promoted", _RETRY_AFTER_S)
        return self._champion
