"""Films asked for, as many at once as the pace allows, and what became of each."""

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from cinecote_collect.cleaning import Cleaner
from cinecote_collect.rows import CleanRow, Rejection
from cinecote_collect.rules import Rejected, Rule
from cinecote_collect.tmdb.answers import AbsurdAnswer, read_details
from cinecote_collect.tmdb.client import GaveUp, Gone, TmdbClient
from cinecote_collect.tmdb.filters import Filters, Reason

_QUERY = {"language": "en-US"}
_ABSURD_TRIES = 3


@dataclass(slots=True)
class Answered:
    """What became of films since the last batch; a film is in one place."""

    rows: list[CleanRow] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
    left_out: dict[int, Reason] = field(default_factory=dict)
    gone: list[int] = field(default_factory=list)
    failed: list[Rejection] = field(default_factory=list)

    def __len__(self) -> int:
        return sum((len(self.rows), len(self.rejected), len(self.left_out), len(self.gone), len(self.failed)))

    def add(self, later: "Answered") -> None:
        self.rows += later.rows
        self.rejected += later.rejected
        self.left_out |= later.left_out
        self.gone += later.gone
        self.failed += later.failed

    def take_unwanted(self) -> "Answered":
        """Those films that nothing is stored of, no longer in here."""
        taken = Answered(left_out=self.left_out, gone=self.gone)
        self.left_out, self.gone = {}, []
        return taken


@dataclass(slots=True)
class Fetched:
    """Over a whole run: films that TMDB has no more, that the filters leave out, that were removed for either."""

    gone: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    removed: int = 0
    failed: int = 0


class Fetcher:
    """Asks `client` for films; what `more` gives after an id are the next ones to ask for, none at their end."""

    def __init__(
        self, client: TmdbClient, filters: Filters, cleaner: Cleaner, more: Callable[[int], Awaitable[list[int]]]
    ) -> None:
        self._client = client
        self._filters = filters
        self._cleaner = cleaner
        self._more = more
        self._answered = Answered()
        self._ahead: deque[int] = deque()
        self._last = 0
        self._at_end = False
        self._turn = asyncio.Lock()
        self.stopping = False

    def taken(self) -> Answered:
        """What was answered since the last time."""
        answered, self._answered = self._answered, Answered()
        return answered

    async def work(self) -> None:
        """Ask for one film after the other, beside others who do, until there is none or `stopping` is said."""
        while not self.stopping:
            film_id = await self._next()
            if film_id is None:
                return
            await self._ask(film_id)

    async def _next(self) -> int | None:
        async with self._turn:
            if not self._ahead and not self._at_end:
                self._ahead.extend(await self._more(self._last))
                # All the others needn't ask the database too.
                self._at_end = not self._ahead
            if self._at_end:
                return None
            self._last = self._ahead.popleft()
            return self._last

    async def _ask(self, film_id: int) -> None:
        reader = _Reader(film_id, self._filters, self._cleaner)
        try:
            found = await self._client.ask(f"/movie/{film_id}", _QUERY, reader.read)
        except Gone:
            self._answered.gone.append(film_id)
        except GaveUp as fault:
            self._answered.failed.append(unanswered(film_id, str(fault)))
        else:
            if isinstance(found, CleanRow):
                self._answered.rows.append(found)
            elif isinstance(found, Rejection):
                self._answered.rejected.append(found)
            else:
                self._answered.left_out[film_id] = found


class _Reader:
    """Reads one film's answers. One that can't be may come by chance: the third one is believed."""

    def __init__(self, film_id: int, filters: Filters, cleaner: Cleaner) -> None:
        self._film_id = film_id
        self._filters = filters
        self._cleaner = cleaner
        self._absurd = 0

    def read(self, body: bytes) -> CleanRow | Rejection | Reason:
        try:
            details = read_details(self._film_id, body)
        except AbsurdAnswer as fault:
            return self._rejected(str(fault), unanswered(self._film_id, str(fault)))
        reason = self._filters.leaves_out(details)
        if reason is not None:
            return reason
        raw = details.row()
        try:
            film, repairs = self._cleaner.clean(raw)
        except Rejected as fault:
            return self._rejected(
                fault.rule.does, self._cleaner.rejection(raw, fault.rule, fault.field, fault.raw_value)
            )
        return CleanRow.of(raw, film, repairs)

    def _rejected(self, why: str, rejection: Rejection) -> Rejection:
        self._absurd += 1
        if self._absurd < _ABSURD_TRIES:
            raise AbsurdAnswer(why)
        return rejection


def unanswered(film_id: int, fault: str, row: str | None = None) -> Rejection:
    """A film that TMDB told nothing usable of, or a `row` of a list, which is then of no film (0)."""
    return Rejection(film_id, Rule.ANSWER_UNUSABLE, None, fault, {"id": str(film_id)} if row is None else {"row": row})
