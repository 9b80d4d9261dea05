"""What was answered goes to the database: films, rejections, the pass's films and the cursor in one transaction."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from cinecote.exits import Refused
from cinecote_collect.changes import Changes
from cinecote_collect.cleaning import Cleaner
from cinecote_collect.contract import Contract
from cinecote_collect.rows import Batch
from cinecote_collect.store import Store
from cinecote_collect.tally import Tally
from cinecote_collect.tmdb import passes, wanted
from cinecote_collect.tmdb.fetching import Answered, Fetched
from cinecote_collect.tmdb.passes import Pass


class PassStore:
    """A pass and its films, on `connection`; run number `run` keeps the cursor. One thread at a time calls it."""

    def __init__(
        self, connection: Connection, run: int, cleaner: Cleaner, contract: Contract, tally: Tally, fetched: Fetched
    ) -> None:
        self._connection = connection
        self._run = run
        self._cleaner = cleaner
        self._contract = contract
        self._tally = tally
        self._fetched = fetched
        self._store = Store(connection)
        self._stored_before = 0

    def last_pass(self) -> Pass | None:
        with self._connection.begin():
            return passes.last_pass(self._connection)

    def begin(self, reached: Pass) -> None:
        """Go on with a pass, or begin one."""
        with self._connection.begin():
            self._stored_before = wanted.count_stored(self._connection)
            if reached.stage == "listing" and reached.listed_to is None:
                wanted.begin(self._connection, anew=reached.since is None)
            passes.save(self._connection, self._run, reached)

    def want(self, reached: Pass, ids: Iterable[int]) -> None:
        """Want `ids`, with which the pass reached as far as that."""
        with self._connection.begin():
            wanted.add(self._connection, ids)
            passes.save(self._connection, self._run, reached)

    def listed(self, reached: Pass, today: datetime) -> None:
        """All is listed: want what is stored too, whole in a full pass, otherwise what is about to expire.

        Refused where a list of all films has too few of them; the next run reads it anew.
        """
        with self._connection.begin():
            counted = wanted.count(self._connection)
        try:
            if reached.since is None:
                self._contract.check_volume(counted, self._stored_before)
        except Refused:
            self.begin(reached.at("listing"))
            raise
        with self._connection.begin():
            wanted.add_stored(self._connection, None if reached.since is None else today)
            passes.save(self._connection, self._run, reached)

    def end(self, reached: Pass) -> None:
        with self._connection.begin():
            wanted.end(self._connection)
            passes.save(self._connection, self._run, reached)

    def more(self, after: int) -> list[int]:
        with self._connection.begin():
            return wanted.portion(self._connection, after)

    def count(self) -> int:
        with self._connection.begin():
            return wanted.count(self._connection, "wanted")

    def ask_failed_again(self) -> int:
        with self._connection.begin():
            return wanted.ask_failed_again(self._connection)

    def store(self, answered: Answered, reached: Pass, last_round: bool) -> None:
        """All of it or nothing; Refused, and no film of it stored, where the run has left the contract's bounds."""
        rejected = [*answered.rejected, *(answered.failed if last_round else ())]
        batch = Batch(0, len(answered), answered.rows, rejected)

        removed = 0

        def also(connection: Connection, _changes: Changes) -> None:
            nonlocal removed
            removed = self._settle(connection, answered, reached)

        try:
            self._contract.check(batch)
        except Refused:
            # What is wrong with it can be looked at there.
            self._tally.add(self._store.write(batch._replace(rows=[]), self._cleaner).tally())
            raise
        self._tally.add(self._store.write(batch, self._cleaner, also).tally())
        self._fetched.removed += removed
        self._fetched.gone += len(answered.gone)
        self._fetched.left_out.update(answered.left_out.values())
        self._fetched.failed += len(answered.failed) if last_round else 0

    def _settle(self, connection: Connection, answered: Answered, reached: Pass) -> int:
        """What of `answered` isn't films; how many films were removed."""
        asked = [*(row.raw.line for row in answered.rows), *(rejection.line for rejection in answered.rejected)]
        unwanted = [*answered.gone, *answered.left_out]
        wanted.mark(connection, [*asked, *unwanted], "done")
        wanted.mark(connection, [rejection.line for rejection in answered.failed], "failed")
        removed = wanted.forget(connection, unwanted)
        self._contract.check_removed(self._fetched.removed + removed, self._stored_before)
        passes.save(connection, self._run, reached)
        return removed
