"""Keeps the index of films in step with the database."""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

import numpy as np
import structlog
from sqlalchemy import Connection, extract, func, select

from cinecote.features import ACCEPTED, INPUTS, RELEASE_YEAR, Input
from cinecote.tables import films, job_runs
from cinecote_api.database_reader import DatabaseAway, TookTooLong, TooMuchAsked
from cinecote_api.explanations.film_index import FilmIndex
from cinecote_api.explanations.index_builder import IndexBuilder
from cinecote_api.measuring.patient_reader import PatientReader

MOST_FILMS = 2_000_000

_SECONDS_BETWEEN_LOOKS = 15.0
# While films are being collected each look finds some more: so the load of this work stays below 1 part in 20.
_REST = 20
# A statement's answer is turned into numbers without a break, which single predictions wait for.
_FILMS_A_STATEMENT = 2_048

_COLUMNS: dict[Input, Any] = {wanted: films.c[wanted.name] for wanted in INPUTS}
_COLUMNS[RELEASE_YEAR] = extract("year", films.c.release_date)

log = structlog.stdlib.get_logger(__name__)

State = tuple[Any, ...]
Answer = TypeVar("Answer")


class IndexKeeper:
    """Has `index` made anew in the background when the films have changed; None before the first is whole."""

    def __init__(self, reader: PatientReader) -> None:
        self._reader = reader
        self._jitter = random.Random()  # noqa: S311 (guards nothing)
        self._state: State | None = None
        self._worked_until = 0.0
        self._late = False
        self.index: FilmIndex | None = None
        self.looked_at: float | None = None
        """When the last look began that left an index of what it found, in seconds since 1970."""

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            begun = self._worked_until = time.monotonic()
            try:
                await self.look()
            except DatabaseAway as away:
                # The films of before are still the nearest ones that are known of.
                self._report(away)
            except Exception:
                # A keeper that ends would keep the index of now for ever, and nobody would know.
                log.exception("indexing the films failed")
            # From work, and not from waiting for a database that is away.
            rest = max(_SECONDS_BETWEEN_LOOKS, _REST * (self._worked_until - begun))
            # Replicas that started together should not ask together for ever.
            await asyncio.sleep(rest * self._jitter.uniform(0.8, 1.2))

    async def look(self) -> None:
        """Make the index anew if the films have changed; DatabaseAway where they can't be read."""
        begun, began_at = time.monotonic(), time.time()
        state = await self._read(_state)
        if state != self._state:
            builder = await self._read_all()
            self.index = await asyncio.to_thread(builder.index)
            self._worked_until = time.monotonic()
            self._state = state
            log.info(
                "films indexed",
                films=len(self.index),
                megabytes=round(self.index.size / 1e6, 1),
                seconds=round(self._worked_until - begun, 1),
            )
        self.looked_at, self._late = began_at, False

    async def _read_all(self) -> IndexBuilder:
        builder = IndexBuilder()
        last, stored = 0, 0
        while stored < MOST_FILMS:
            rows = await self._read(partial(_read_some, after=last, builder=builder))
            if not rows:
                return builder
            last, stored = rows[-1], stored + len(rows)
        log.warning("not all films are indexed", films=stored)
        return builder

    async def _read(self, query: Callable[[Connection], Answer]) -> Answer:
        answer = await self._reader.read(query)
        self._worked_until = time.monotonic()
        return answer

    def _report(self, away: DatabaseAway) -> None:
        """Tell once what the reader tells nobody: that the database is there, and has too much to do."""
        if isinstance(away, TookTooLong):
            self._worked_until = time.monotonic()
        if isinstance(away, TookTooLong | TooMuchAsked) and not self._late:
            log.warning("the films can't be indexed in time")
            self._late = True


def _state(connection: Connection) -> State:
    """Something that changes when films do: jobs alone write them, and each run leaves a row."""
    runs = select(func.max(job_runs.c.id), func.max(job_runs.c.finished_at))
    return (*connection.execute(runs).one(), connection.scalar(select(func.max(films.c.id))))


def _read_some(connection: Connection, after: int, builder: IndexBuilder) -> Sequence[int]:
    """Give the builder the films that follow the id `after`; their ids, none where there are no more."""
    wanted = select(films.c.id, *(_COLUMNS[accepted] for accepted in ACCEPTED)).where(films.c.id > after)
    rows = connection.execute(wanted.order_by(films.c.id).limit(_FILMS_A_STATEMENT)).all()
    if not rows:
        return ()
    ids, *inputs = zip(*rows, strict=True)
    builder.add(np.array(ids, dtype=np.int64), np.array(inputs, dtype=np.float64))
    return ids
