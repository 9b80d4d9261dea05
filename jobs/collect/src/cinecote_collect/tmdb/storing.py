"""What was answered goes to the database: films, rejections, the pass's films and the cursor in one transaction."""

from dataclasses import replace
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
from cinecote_collect.tmdb.fetching import Answered, Fetched, unanswered
from cinecote_collect.tmdb.lists import Found
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
        self._held = Answered()

    def last_pass(self) -> Pass | None:
        with self._connection.begin():
            return passes.last_pass(self._connection)

    def begin(self, reached: Pass) -> None:
        """Go on with a pass, or begin one."""
        self._contract.go_on(reached.judged)
        with self._connection.begin():
            self._stored_before = wanted.count_stored(self._connection)
            if reached.stage == "listing" and reached.listed_to is None:
                wanted.begin(self._connection, anew=reached.since is None)
            passes.save(self._connection, self._run, reached)

    def want(self, reached: Pass, found: Found) -> None:
        """Want what was `found`, with which the pass reached as far as that; Refused where too much of it can't be."""
        rejected = [unanswered(0, "a row of a list that can't be read", row) for row in sorted(found.unreadable)]
        if rejected:
            self._tally.add(self._store.write(Batch(0, 0, [], rejected), self._cleaner).tally())
            self._contract.check_list(len(rejected), len(rejected) + len(found.ids))
        with self._connection.begin():
            wanted.add(self._connection, found.ids)
            passes.save(self._connection, self._run, reached)

    def listed(self, reached: Pass, today: datetime) -> None:
        """All is listed: want what is stored too, whole in a full pass, otherwise what is about to expire.

        Refused where a list of all films has too few of them; the next run reads it anew.
        """
        with self._connection.begin():
            counted = wanted.count_asked(self._connection)
        try:
            if reached.since is None:
                self._contract.check_volume(counted, self._stored_before)
        except Refused:
            self.begin(reached.at("listing"))
            raise
        with self._connection.begin():
            wanted.ask_missing_again(self._connection)
            wanted.add_stored(self._connection, None if reached.since is None else today)
            passes.save(self._connection, self._run, reached)

    def end(self, reached: Pass) -> None:
        """Remove the films that are gone; Refused where they are too many, and the next pass looks again."""
        with self._connection.begin():
            gone = wanted.count(self._connection, "gone")
        try:
            self._contract.check_removed(gone, self._stored_before)
        except Refused:
            with self._connection.begin():
                wanted.keep_gone(self._connection)
                self._end(reached)
            raise
        while (removed := self._forget_some()) is not None:
            self._fetched.removed += removed
        with self._connection.begin():
            self._end(reached)

    def _forget_some(self) -> int | None:
        with self._connection.begin():
            return wanted.forget_gone(self._connection)

    def _end(self, reached: Pass) -> None:
        wanted.end(self._connection)
        passes.save(self._connection, self._run, reached)

    def more(self, after: int) -> list[int]:
        with self._connection.begin():
            return wanted.portion(self._connection, after)

    def count(self) -> int:
        with self._connection.begin():
            return wanted.count_asked(self._connection)

    def ask_failed_again(self) -> int:
        with self._connection.begin():
            return wanted.ask_failed_again(self._connection)

    def store(self, answered: Answered, reached: Pass, *, last_round: bool, at_end: bool) -> None:
        """All of it or nothing; Refused, and no film of it stored, where the pass has left the contract's bounds.

        What comes first is held until it can be judged, or until the round is `at_end`.
        """
        self._held.add(answered)
        if at_end or self._contract.can_judge(len(self._held.rows) + len(self._held.rejected)):
            ready, self._held = self._held, Answered()
        else:
            ready = self._held.take_unwanted()
        if ready:
            self._write(ready, reached, last_round=last_round, at_end=at_end)

    def _write(self, ready: Answered, reached: Pass, *, last_round: bool, at_end: bool) -> None:
        rejected = [*ready.rejected, *(ready.failed if last_round else ())]
        batch = Batch(0, len(ready), ready.rows, rejected)

        def also(connection: Connection, _changes: Changes) -> None:
            self._settle(connection, ready, reached)

        try:
            (self._contract.check_all if at_end else self._contract.check)(batch)
        except Refused:
            # What is wrong with it can be looked at there.
            self._tally.add(self._store.write(batch._replace(rows=[]), self._cleaner).tally())
            raise
        self._tally.add(self._store.write(batch, self._cleaner, also).tally())
        self._fetched.gone += len(ready.gone)
        self._fetched.left_out.update(ready.left_out.values())
        self._fetched.failed += len(ready.failed) if last_round else 0

    def _settle(self, connection: Connection, answered: Answered, reached: Pass) -> None:
        """What of `answered` isn't films."""
        asked = [*(row.raw.line for row in answered.rows), *(rejection.line for rejection in answered.rejected)]
        wanted.mark(connection, asked, "done")
        wanted.mark(connection, [rejection.line for rejection in answered.failed], "failed")
        wanted.miss(connection, [*answered.gone, *answered.left_out])
        passes.save(connection, self._run, replace(reached, judged=self._contract.counts()))
