"""What a batch of films is to the films that are stored already; no input or output here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from cinecote_collect.cleaning import Cleaner
from cinecote_collect.rows import Batch, CleanRow, Rejection
from cinecote_collect.rules import Rule
from cinecote_collect.tally import Tally


class StoredFilm(NamedTuple):
    """What the database knows of a film that a row tells of; `votes` is the source's own count, -1 where unknown."""

    id: int
    content_hash: str
    title: str
    votes: int


@dataclass(slots=True)
class Changes:
    """A batch's films by what becomes of them, and its rejections."""

    new: list[CleanRow] = field(default_factory=list)
    changed: list[CleanRow] = field(default_factory=list)
    unchanged: list[CleanRow] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)

    def tally(self) -> Tally:
        """How many rows they were, and how many each rule applied to."""
        kept = (*self.new, *self.changed, *self.unchanged)
        tally = Tally(
            read=len(kept) + len(self.rejected),
            new=len(self.new),
            changed=len(self.changed),
            unchanged=len(self.unchanged),
            rejected=len(self.rejected),
        )
        tally.rules.update(rule.value for row in kept if row.repairs for rule in set(row.repairs))
        tally.rules.update(rejection.rule.value for rejection in self.rejected)
        return tally


def changes_of(batch: Batch, stored: Mapping[str, StoredFilm], cleaner: Cleaner) -> Changes:
    """What `batch` changes; `stored` has those of its films that are there, by source_id."""
    changes = Changes(rejected=list(batch.rejected))
    for row in batch.rows:
        known = stored.get(row.source_id)
        if known is None:
            changes.new.append(row)
        elif known.content_hash == row.content_hash:
            changes.unchanged.append(row)
        elif not cleaner.layout.has_ids and row.votes < known.votes:
            changes.rejected.append(duplicate(row, cleaner))
        else:
            changes.changed.append(row)
    return changes


def duplicate(row: CleanRow, cleaner: Cleaner) -> Rejection:
    """The rejection of a row whose film another entry stands for (see `duplicates`)."""
    if cleaner.layout.has_ids:
        return cleaner.rejection(row.raw, Rule.DUPLICATE_ID, "id", row.source_id)
    return cleaner.rejection(row.raw, Rule.DUPLICATE_TITLE_YEAR, "title", row.title)
