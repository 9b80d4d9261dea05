"""What a run may be like: one that is otherwise is refused before the batch that shows it is stored."""

from collections import Counter
from collections.abc import Mapping

from cinecote.exits import Refused
from cinecote_collect.rows import SAID, Batch
from cinecote_collect.settings import CollectSettings

JUDGED_FROM = 100
"""Shares of fewer rows are chance."""
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

    def check(self, batch: Batch) -> None:
        """Refused where `batch` is one too many: not to be stored."""
        self._kept += len(batch.rows)
        self._rejected += len(batch.rejected)
        for name in self._most_unknown:
            place = SAID.index(name)
            self._unknown[name] += sum(row.said[place] is None for row in batch.rows)
        read = self._kept + self._rejected
        if read < JUDGED_FROM:
            return
        if self._rejected > self._most_rejected * read:
            raise Refused(
                f"{self._rejected:,} of {read:,} rows are rejected; a share of {self._most_rejected:g} is the limit"
            )
        if self._kept < JUDGED_FROM:
            return
        for name, most in self._most_unknown.items():
            if self._unknown[name] > most * self._kept:
                raise Refused(
                    f"{name} is unknown in {self._unknown[name]:,} of {self._kept:,} films; "
                    f"a share of {most:g} is the limit"
                )
