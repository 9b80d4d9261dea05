"""From a raw row to a film, or to the rule that rejects it; no input or output here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from cinecote.features import BUDGET, REVENUE, VOTE_COUNT
from cinecote.films import RELEASED, Film, film_identity
from cinecote.tables import STATUS_LENGTH
from cinecote_collect import titles
from cinecote_collect.layouts import Layout
from cinecote_collect.numbers import read_money, read_rating, read_runtime, read_whole
from cinecote_collect.releases import settle_release
from cinecote_collect.rows import CleanRow, RawRow, Rejection
from cinecote_collect.rules import Rejected, Rule

# TMDB numbers its films in 32 bits, one of them for the sign.
_IDS_END = 1 << 31
_LONGEST_ID = len(str(_IDS_END))
_ADULT = {"True": True, "true": True, "1": True, "False": False, "false": False, "0": False, "": False}


@dataclass(frozen=True, slots=True)
class Cleaner:
    """Cleans the rows of one source; a release after `as_of` is in its future."""

    layout: Layout
    source: str
    as_of: date

    def clean_all(self, rows: Iterable[RawRow]) -> tuple[list[CleanRow], list[Rejection]]:
        """The films and the rejections of `rows`, each in their order; every row becomes one or the other."""
        cleaned, rejected = [], []
        for row in rows:
            try:
                film, repairs = self.clean(row)
            except Rejected as fault:
                rejected.append(self.rejection(row, fault.rule, fault.field, fault.raw_value))
            else:
                cleaned.append(CleanRow.of(row, film, repairs))
        return cleaned, rejected

    def clean(self, row: RawRow) -> tuple[Film, list[Rule]]:
        """The film that `row` tells of, and the repairs that it took; Rejected where it breaks a rule."""
        if row.fault is not None:
            raise Rejected(Rule.ROW_UNREADABLE, None, row.fault)
        title, release, budget, revenue, runtime, votes, rating, genres, status, adult, film_id = row.fields
        _refuse_adult(adult)
        repairs: list[Rule] = []
        name = self._title(title, repairs)
        released = self._release(release, repairs)
        raw_votes, tmdb_votes = self._votes(votes, repairs)
        film = Film(
            source=self.source,
            source_id=self._identity(film_id, name, released),
            title=name,
            release_date=released,
            revenue=read_money(revenue, REVENUE, repairs),
            budget=read_money(budget, BUDGET, repairs),
            runtime=read_runtime(runtime, repairs),
            vote_count=tmdb_votes,
            vote_count_raw=raw_votes,
            vote_map=None if raw_votes is None else self.layout.vote_map,
            vote_average=read_rating(rating, raw_votes, repairs),
            genres=self._genres(genres),
            status=_status(status),
        )
        return film, repairs

    def rejection(self, row: RawRow, rule: Rule, field: str | None, raw_value: str | None) -> Rejection:
        """`row` as it is kept where it isn't stored as a film."""
        said = self.layout.named(row.fields) if row.fault is None else list(row.fields)
        return Rejection(row.line, rule, field, raw_value, said)

    def _title(self, text: str, repairs: list[Rule]) -> str:
        title = titles.read_title(text)
        if self.layout.mac_letters:
            title = titles.mend_encoding(title, repairs)
        return titles.article_first(title, repairs) if self.layout.articles_last else title

    def _release(self, text: str, repairs: list[Rule]) -> date | None:
        if not text or text.isspace():
            return None
        try:
            release = self.layout.read_date(text)
        except ValueError:
            raise Rejected(Rule.RELEASE_UNREADABLE, "release_date", text) from None
        return settle_release(release, text, self.as_of, self.layout.two_digit_years, repairs)

    def _votes(self, text: str, repairs: list[Rule]) -> tuple[int | None, int | None]:
        """The source's own count, and the count on TMDB's scale."""
        raw = read_whole(text, VOTE_COUNT.name, repairs)
        if raw is None:
            return None, None
        votes = raw // self.layout.votes_per_tmdb_vote
        if not VOTE_COUNT.minimum <= votes <= VOTE_COUNT.maximum:
            raise Rejected(Rule.VOTES_IMPOSSIBLE, VOTE_COUNT.name, text)
        return raw, votes

    def _genres(self, text: str) -> tuple[str, ...]:
        try:
            return self.layout.read_genres(text)
        except ValueError:
            raise Rejected(Rule.GENRES_UNREADABLE, "genres", text) from None

    def _identity(self, text: str, title: str, release: date | None) -> str:
        if not self.layout.has_ids:
            return film_identity(title, release.year if release else None)
        digits = text.strip()
        if not (digits.isascii() and digits.isdigit() and len(digits) <= _LONGEST_ID and int(digits) < _IDS_END):
            raise Rejected(Rule.ID_UNREADABLE, "id", text)
        return str(int(digits))


def _refuse_adult(text: str) -> None:
    marked = _ADULT.get(text.strip())
    if marked is None:
        # Neither yes nor no: the row's cells are not where its header says.
        raise Rejected(Rule.ROW_UNREADABLE, "adult", text)
    if marked:
        raise Rejected(Rule.ADULT, "adult", text)


def _status(text: str) -> str:
    status = text.strip() or RELEASED
    if len(status) > STATUS_LENGTH:
        raise Rejected(Rule.STATUS_UNREADABLE, "status", text)
    return status
