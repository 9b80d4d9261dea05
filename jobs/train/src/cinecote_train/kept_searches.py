"""What searches came to, in the database, until the training that needs them has ended well."""

import json
from contextlib import suppress
from dataclasses import asdict
from datetime import timedelta

from sqlalchemy import Engine, delete, insert, select
from sqlalchemy.exc import OperationalError

from cinecote.database import now
from cinecote.tables import searches
from cinecote_train.search import Searched

_KEPT = timedelta(days=7)
"""Whoever hasn't typed the command again by then has other films by now, most likely."""


class KeptSearches:
    """Those that trainings left which didn't end well, for the one that holds their lock; by fingerprint."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._needed: set[str] = set()
        with engine.begin() as connection:
            connection.execute(delete(searches).where(searches.c.found_at < now() - _KEPT))
            rows = connection.execute(select(searches.c.fingerprint, searches.c.found)).all()
        self._left = {row.fingerprint: row.found for row in rows}

    def get(self, fingerprint: str, /) -> Searched | None:
        """What that search came to, where it is known."""
        self._needed.add(fingerprint)
        left = self._left.get(fingerprint)
        return Searched(**json.loads(left)) if left else None

    def __setitem__(self, fingerprint: str, searched: Searched, /) -> None:
        found = json.dumps(asdict(searched))
        # A database that is away for a while is no reason to end: a training that isn't killed needs none of this.
        with suppress(OperationalError), self._engine.begin() as connection:
            connection.execute(insert(searches).values(fingerprint=fingerprint, found=found, found_at=now()))

    def forget(self) -> None:
        """Remove what was asked for: the training has ended well."""
        with self._engine.begin() as connection:
            connection.execute(delete(searches).where(searches.c.fingerprint.in_(self._needed)))
