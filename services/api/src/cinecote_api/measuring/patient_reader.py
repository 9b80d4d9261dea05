"""Readings that are in no hurry."""

import asyncio
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection

from cinecote.asked import AskedFilm
from cinecote.asked_reader import asked_films, newest
from cinecote_api.database_reader import DatabaseReader

Answer = TypeVar("Answer")


class PatientReader:
    """Reads with `reader`, whose threads others share: after each reading it rests for as long as that took."""

    def __init__(self, reader: DatabaseReader) -> None:
        self._reader = reader

    async def read(self, query: Callable[[Connection], Answer]) -> Answer:
        """What `query` gives; DatabaseAway where the database doesn't answer."""
        begun = time.monotonic()
        answer = await self._reader.read(query)
        await asyncio.sleep(time.monotonic() - begun)
        return answer

    async def asked(self, model: str, days: float) -> list[AskedFilm]:
        """A bounded part of what the model of this name was asked about in the last `days`."""
        films: list[AskedFilm] = []
        for ids in await self.read(partial(newest, days=days)):
            films += await self.read(partial(asked_films, model=model, ids=ids))
        return films
