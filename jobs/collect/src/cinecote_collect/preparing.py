"""From files to batches that are ready to be stored: read, cleaned, and free of duplicates."""

from collections.abc import Iterator, Sequence

from cinecote_collect.changes import duplicate
from cinecote_collect.duplicates import Contest, SeenIds, contest
from cinecote_collect.feeds import Feed
from cinecote_collect.rows import Batch, RawRow


def prepared(feeds: Sequence[Feed], rows: int) -> Iterator[Batch]:
    """All of `feeds`, `rows` rows at a time, and before them the empty batches of those that must be compared first."""
    with contest() as entries:
        contenders = [feed for feed in feeds if not feed.cleaner.layout.has_ids]
        for feed in contenders:
            yield from _compared(feed, rows, entries)
        seen = SeenIds()
        for feed in feeds:
            yield from _settled(feed, rows, entries, seen)


def _compared(feed: Feed, rows: int, entries: Contest) -> Iterator[Batch]:
    for lines, raw in _read(feed, rows):
        cleaned, _ = feed.cleaner.clean_all(raw)
        entries.enter(feed.cleaner.source, feed.number, cleaned)
        yield Batch(feed.number, lines, [], [])


def _settled(feed: Feed, rows: int, entries: Contest, seen: SeenIds) -> Iterator[Batch]:
    cleaner = feed.cleaner
    for lines, raw in _read(feed, rows):
        cleaned, rejected = cleaner.clean_all(raw)
        if cleaner.layout.has_ids:
            standing = seen.lines_of_new(cleaner.source, cleaned)
        else:
            standing = entries.lines_of_standing(feed.number, raw[0].line, raw[-1].line)
        kept = [row for row in cleaned if row.raw.line in standing]
        rejected += [duplicate(row, cleaner) for row in cleaned if row.raw.line not in standing]
        yield Batch(feed.number, lines, kept, rejected)


def _read(feed: Feed, rows: int) -> Iterator[tuple[int, list[RawRow]]]:
    """Batches, each with the number of lines since the one before."""
    reached = 1
    for batch in feed.batches(rows):
        yield batch[-1].line - reached, batch
        reached = batch[-1].line
