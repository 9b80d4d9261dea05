"""The film, its category, and the identity of its title."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

Category = Literal["médiocre", "moyen", "bien"]
CATEGORIES: tuple[Category, ...] = get_args(Category)
"""In rising order: the order of every array of probabilities."""

EARLIEST_YEAR = 1888
"""The year of the oldest film that survives (Roundhay Garden Scene)."""

RELEASED = "Released"

_DIGITS_DRAWN = 8
_DRAWS = 16**8

_WORD = re.compile(r"[^\W_]+")
# NFKD leaves these letters whole; a person searching types the plain ones.
_PLAIN_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ð": "d", "þ": "th", "ł": "l", "đ": "d", "ı": "i"})


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The ratings, on 0 to 10, from which a film is `moyen` and `bien`."""

    moyen: float = 6.0
    bien: float = 7.0

    def category(self, vote_average: float) -> Category:
        if vote_average < self.moyen:
            return "médiocre"
        return "moyen" if vote_average < self.bien else "bien"

    def category_by_votes(
        self, vote_average: float | None, vote_count: int | None, minimum_votes: int
    ) -> Category | None:
        """The category that `vote_count` voters gave; None where nobody did, or fewer than `minimum_votes`."""
        if vote_average is None or (vote_count or 0) < minimum_votes:
            return None
        return self.category(vote_average)


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """What is known of a film; an unknown fact is None, never 0.

    Money is in whole US dollars, `runtime` in minutes, `vote_average` on 0 to 10. `vote_count` is on TMDB's scale;
    `vote_count_raw` is the source's own count and `vote_map` names the way from one to the other.
    """

    source: str
    source_id: str
    title: str
    release_date: date | None = None
    revenue: int | None = None
    budget: int | None = None
    runtime: int | None = None
    vote_count: int | None = None
    vote_count_raw: int | None = None
    vote_map: str | None = None
    vote_average: float | None = None
    genres: tuple[str, ...] = ()
    status: str = RELEASED

    def content_hash(self) -> str:
        """Hex digest of all that a source says of the film: equal exactly when nothing changed."""
        said = (
            self.title, self.release_date, self.revenue, self.budget, self.runtime, self.vote_count,
            self.vote_count_raw, self.vote_map, self.vote_average, self.genres, self.status,
        )  # fmt: skip
        return hashlib.blake2b(repr(said).encode(), digest_size=16).hexdigest()


def fold_words(text: str) -> list[str]:
    """The runs of letters and digits in `text`, without case and accents: `L'Été` gives `l`, `ete`."""
    if text.isascii():
        return _WORD.findall(text.lower())
    folded = text.casefold().translate(_PLAIN_LETTERS)
    plain = "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))
    # NFKD turns compatibility letters into capitals at times ("™" into "TM").
    return _WORD.findall(plain.casefold().translate(_PLAIN_LETTERS))


def film_identity(title: str, year: int | None) -> str:
    """Hex digest that two entries of one film share: its words in order, without case or accents, and its year."""
    words = " ".join(fold_words(title)) or title.strip().casefold()
    return hashlib.blake2b(f"{words}|{year or ''}".encode(), digest_size=16).hexdigest()


def is_held_out(identity: str, share: float) -> bool:
    """Whether no version of a model trains on the film: true of about `share` of them, whatever others there are."""
    return int(identity[:_DIGITS_DRAWN], 16) < share * _DRAWS
