"""Which of TMDB's films are wanted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from cinecote.films import EARLIEST_YEAR, RELEASED
from cinecote_collect.tmdb.answers import Details

Reason = Literal["adult", "video", "not released", "few votes", "other years", "other languages"]
LATEST_YEAR = 9999


@dataclass(frozen=True, slots=True)
class Filters:
    """Released films with at least `votes` votes, out from `first_year` to `last_year`, in one of `languages`.

    No languages are all of them. Adult films, and videos that are no films, never are wanted.
    """

    votes: int = 50
    first_year: int = EARLIEST_YEAR
    last_year: int = LATEST_YEAR
    languages: tuple[str, ...] = ()

    def leaves_out(self, film: Details) -> Reason | None:
        """Why `film` isn't wanted; None where it is."""
        if film.adult:
            return "adult"
        if film.video:
            return "video"
        if film.status != RELEASED:
            return "not released"
        if film.vote_count < self.votes:
            return "few votes"
        # Lists are asked for by the day of release: a film without one is in none of them.
        if not film.release_date or not self._in_years(film.release_date):
            return "other years"
        if self.languages and film.original_language not in self.languages:
            return "other languages"
        return None

    def days(self, today: date) -> tuple[date, date]:
        """The first and the last day of release."""
        return date(self.first_year, 1, 1), min(today, date(self.last_year, 12, 31))

    def query(self, first: date, last: date) -> dict[str, str]:
        """What `/discover/movie` is asked for, of the releases from `first` to `last`."""
        query = {
            "include_adult": "false",
            "include_video": "false",
            "primary_release_date.gte": first.isoformat(),
            "primary_release_date.lte": last.isoformat(),
            # Popularity, the order without this one, changes all the time, and films with it their pages.
            "sort_by": "primary_release_date.asc",
            "vote_count.gte": str(self.votes),
        }
        if self.languages:
            query["with_original_language"] = "|".join(self.languages)
        return query

    def said(self) -> Mapping[str, Any]:
        """As a cursor keeps them."""
        return {
            "votes": self.votes,
            "years": [self.first_year, self.last_year],
            "languages": list(self.languages),
        }

    def _in_years(self, release: str) -> bool:
        year = release[:4]
        # Any other text is for the cleaning rules to reject.
        return not year.isdigit() or self.first_year <= int(year) <= self.last_year
