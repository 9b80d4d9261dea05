"""What a run may be like: one that is otherwise is refused before the batch that shows it is stored."""

from collections import Counter
from collections.abc import Mapping
from math import sqrt
from typing import Any

from cinecote.exits import Refused
from cinecote_collect.rows import SAID, Batch
from cinecote_collect.settings import CollectSettings

JUDGED_FROM = 100
"""Of fewer rows, a share must be beyond what chance makes of it."""
_CHANCE_BELOW = 20
"""Any share of fewer rows is chance."""
_DEVIATIONS = 3
_FEW = 10
"""Fewer films may go from any table."""


class Contract:
    """Judges a run by all rows so far, those of the batch in hand included.

    Whatever is stored was within the bounds when it was; what a refused run found is left as it was.
    """

    def __init__(self, settings: CollectSettings) -> None:
        self._most_rejected = settings.most_rejected
        self._most_unknown: Mapping[str, float] = settings.most_unknown
        self._fewest_rows = settings.fewest_rows
        self._least_volume = settings.least_volume
        self._kept = self._rejected = 0
        self._unknown: Counter[str] = Counter()

    def check_rows(self, rows: int) -> None:
        """Refused where a source has fewer rows than any good one."""
        if rows < self._fewest_rows:
            raise Refused(f"the source has {rows:,} rows; at least {self._fewest_rows:,} are expected")

    def check_list(self, unreadable: int, rows: int) -> None:
        """Refused where too large a share of a list's rows can't be read: what they tell of would be passed over."""
        if _is_beyond(self._most_rejected, unreadable, rows):
            raise Refused(
                f"{unreadable:,} of {rows:,} rows of a list can't be read; "
                f"a share of {self._most_rejected:g} is the limit"
            )

    def check_volume(self, listed: int, stored: int) -> None:
        """Refused where a source that lists all its films lists too small a share of those that it had."""
        self.check_rows(listed)
        if listed < self._least_volume * stored:
            raise Refused(
                f"the source lists {listed:,} films, and {stored:,} of its are stored; a share of "
                f"{self._least_volume:g} is expected (CINECOTE_COLLECT_MIN_VOLUME, where fewer are meant)"
            )

    def check_removed(self, removed: int, stored: int) -> None:
        """Refused where a run would remove too large a share of the films that were `stored` when it began."""
        if removed >= _FEW and stored - removed < self._least_volume * stored:
            raise Refused(
                f"{removed:,} of the {stored:,} films stored would be removed; a share of {self._least_volume:g} "
                "has to stay (CINECOTE_COLLECT_MIN_VOLUME, where fewer are meant)"
            )

    def check(self, batch: Batch, *, judged_from: int = JUDGED_FROM) -> None:
        """Refused where `batch` is one too many: not to be stored. Fewer rows than `judged_from` are none to judge."""
        self._kept += len(batch.rows)
        self._rejected += len(batch.rejected)
        for name in self._most_unknown:
            place = SAID.index(name)
            self._unknown[name] += sum(row.said[place] is None for row in batch.rows)
        read = self._kept + self._rejected
        if read < judged_from:
            return
        if _is_beyond(self._most_rejected, self._rejected, read):
            raise Refused(
                f"{self._rejected:,} of {read:,} rows are rejected; a share of {self._most_rejected:g} is the limit"
            )
        for name, most in self._most_unknown.items():
            if _is_beyond(most, self._unknown[name], self._kept):
                raise Refused(
                    f"{name} is unknown in {self._unknown[name]:,} of {self._kept:,} films; "
                    f"a share of {most:g} is the limit"
                )

    def check_all(self, batch: Batch) -> None:
        """As `check`, where `batch` is the last one, however few rows there were."""
        self.check(batch, judged_from=0)

    def can_judge(self, rows: int) -> bool:
        """Whether with so many more rows there are enough to judge by shares alone."""
        return self._kept + self._rejected + rows >= JUDGED_FROM

    def counts(self) -> Mapping[str, Any]:
        """What was counted so far, for a run that goes on with what this one began."""
        return {"kept": self._kept, "rejected": self._rejected, "unknown": dict(self._unknown)}

    def go_on(self, counts: Mapping[str, Any]) -> None:
        """Count on from what an earlier run's `counts` said."""
        self._kept, self._rejected = counts.get("kept", 0), counts.get("rejected", 0)
        self._unknown = Counter(counts.get("unknown", {}))


def _is_beyond(share: float, found: int, rows: int) -> bool:
    """Whether `found` of `rows` are more than `share` of them, and where they are few, more than chance makes of it."""
    if rows < _CHANCE_BELOW:
        return False
    chance = _DEVIATIONS * sqrt(rows * share * (1 - share)) if rows < JUDGED_FROM else 0
    return found > share * rows + chance
