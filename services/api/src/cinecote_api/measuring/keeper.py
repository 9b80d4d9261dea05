"""Keeps what is measured of each served model known."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Generic, Protocol, TypeVar

import structlog

from cinecote_api.database_reader import DatabaseAway
from cinecote_api.models.served_model import ServedModel
from cinecote_api.models.serving import Serving

_SECONDS_BETWEEN_MEASUREMENTS = 300.0
_SECONDS_BETWEEN_LOOKS = 1.0
_FRESH = timedelta(hours=1)

log = structlog.stdlib.get_logger(__name__)


class Dated(Protocol):
    """Figures with the moment of their measurement."""

    @property
    def at(self) -> datetime: ...


Measured = TypeVar("Measured", bound=Dated)


class Keeper(Generic[Measured]):
    """Has `measure` give its figures of each champion, first when there is one and then every five minutes or so.

    While the database is away, or the figures can't be made, those of before stay.
    """

    def __init__(
        self, what: str, measure: Callable[[ServedModel], Awaitable[Measured]], servings: Iterable[Serving]
    ) -> None:
        self._what = what
        self._measure = measure
        self._servings = tuple(servings)
        self._jitter = random.Random()  # noqa: S311 (guards nothing)
        self._due = {serving.name: time.monotonic() for serving in self._servings}
        self.kept: dict[str, Measured] = {}
        """By the model's name."""

    def fresh(self) -> dict[str, Measured]:
        """What was measured within the last hour, by the model's name."""
        oldest = datetime.now(UTC) - _FRESH
        return {name: measured for name, measured in [*self.kept.items()] if measured.at > oldest}

    async def run(self) -> None:
        """Measure again and again, until cancelled."""
        while True:
            for serving in self._servings:
                model = serving.champion
                if model is not None and time.monotonic() >= self._due[model.name]:
                    await self._try(model)
                    # Replicas that started together should not ask together for ever.
                    rest = _SECONDS_BETWEEN_MEASUREMENTS * self._jitter.uniform(0.8, 1.2)
                    self._due[model.name] = time.monotonic() + rest
            await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)

    async def _try(self, model: ServedModel) -> None:
        try:
            self.kept[model.name] = await self._measure(model)
        except DatabaseAway:
            # The reader has told it.
            pass
        except Exception:
            # A keeper that ends would keep the figures of now for ever, and nobody would know.
            log.exception("measuring failed", what=self._what, model=model.name)
