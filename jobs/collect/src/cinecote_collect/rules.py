"""The rules that cleaning goes by: each has a name, a kind and a sentence, and every use of one is counted."""

from enum import StrEnum
from typing import Literal, Self

from cinecote.features import REVENUE, RUNTIME, UNKNOWN_MONEY_BELOW, VOTE_COUNT
from cinecote.films import EARLIEST_YEAR
from cinecote.tables import TITLE_LENGTH

Kind = Literal["repair", "reject"]


class Rule(StrEnum):
    """A rule by its name; after a `repair` the row lives on, after a `reject` it goes to the rejections."""

    kind: Kind
    does: str

    def __new__(cls, name: str, kind: Kind, does: str) -> Self:
        rule = str.__new__(cls, name)
        rule._value_ = name
        rule.kind = kind
        rule.does = does
        return rule

    UNKNOWN_WORD = "unknown_word", "repair", "a word such as Unknown or n/a in place of a number becomes unknown"
    FRACTION_ROUNDED = "fraction_rounded", "repair", "a fraction of a dollar, a minute or a vote is rounded"
    MONEY_ZERO = "money_zero_is_unknown", "repair", "a budget or revenue of 0 becomes unknown"
    MONEY_SMALL = (
        "money_below_1000",
        "repair",
        f"a budget or revenue under {UNKNOWN_MONEY_BELOW:,} dollars (wrong unit) becomes unknown",
    )
    RUNTIME_ZERO = "runtime_zero_is_unknown", "repair", "a running time of 0 becomes unknown"
    RATING_ZERO = "rating_zero_is_unknown", "repair", "a rating of 0 that nobody voted for becomes unknown"
    RELEASE_CENTURY = (
        "release_century",
        "repair",
        "a release in the future, its year once written with two digits, is moved back a century",
    )
    TITLE_ARTICLE = "title_article", "repair", "an article at the end of a title goes to its front"
    TITLE_ENCODING = "title_encoding", "repair", "letters of a title that were read in a wrong encoding are mended"

    ROW_UNREADABLE = "row_unreadable", "reject", "the row has too few or too many cells, or can't be read"
    ID_UNREADABLE = "id_unreadable", "reject", "the id is not a whole number of up to 31 bits, as TMDB's are"
    ADULT = "adult", "reject", "the film is marked as adult"
    TITLE_MISSING = "title_missing", "reject", "the film has no title"
    TITLE_TOO_LONG = "title_too_long", "reject", f"the title has more than {TITLE_LENGTH} characters"
    NUMBER_UNREADABLE = "number_unreadable", "reject", "what should be a number is another text"
    MONEY_IMPOSSIBLE = (
        "money_impossible",
        "reject",
        f"a budget or revenue is negative or above {REVENUE.maximum:,.0f} dollars",
    )
    RUNTIME_IMPOSSIBLE = (
        "runtime_impossible",
        "reject",
        f"the running time is negative or above {RUNTIME.maximum:,.0f} minutes",
    )
    VOTES_IMPOSSIBLE = "votes_impossible", "reject", f"the votes are negative or above {VOTE_COUNT.maximum:,.0f}"
    RATING_IMPOSSIBLE = "rating_impossible", "reject", "the rating is outside 0 to 10"
    RELEASE_UNREADABLE = "release_unreadable", "reject", "the release is not a date of the source's form"
    RELEASE_TOO_EARLY = "release_too_early", "reject", f"the release is before {EARLIEST_YEAR}, the first films' year"
    RELEASE_IN_FUTURE = "release_in_future", "reject", "the release is in the future"
    GENRES_UNREADABLE = "genres_unreadable", "reject", "the genres are not in the source's form"
    STATUS_UNREADABLE = "status_unreadable", "reject", "the status is longer than any that TMDB gives"
    ANSWER_UNUSABLE = "answer_unusable", "reject", "no try brought an answer that is one"
    DUPLICATE_ID = "duplicate_id", "reject", "an earlier row of the run has the same id"
    DUPLICATE_TITLE_YEAR = (
        "duplicate_title_year",
        "reject",
        "an entry of the same title and year has more votes",
    )


class Rejected(Exception):
    """A row that breaks `rule`, by what stands in `field` (None: the row as a whole)."""

    def __init__(self, rule: Rule, field: str | None, raw_value: str | None) -> None:
        super().__init__(rule.does)
        self.rule = rule
        self.field = field
        self.raw_value = raw_value
