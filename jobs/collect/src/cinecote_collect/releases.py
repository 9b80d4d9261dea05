"""Release dates as sources write them."""

import re
from datetime import date

from cinecote.films import EARLIEST_YEAR
from cinecote_collect.rules import Rejected, Rule

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), start=1
    )
}
_MONTH_FIRST = re.compile(r"([A-Z][a-z]{2}) +(\d{1,2}) +(\d{4})", re.ASCII)
_FIELD = "release_date"


def iso_date(text: str) -> date:
    """`1998-06-12`; ValueError for any other form."""
    text = text.strip()
    # Python reads other ISO forms too: 19980612, 1998-W24-5.
    if len(text) != 10 or text[7] != "-":
        raise ValueError("not a date of the form 1998-06-12")
    return date.fromisoformat(text)


def month_first_date(text: str) -> date:
    """`Jun 12 1998`, whatever the locale; ValueError for any other form."""
    written = _MONTH_FIRST.fullmatch(text.strip())
    if written is None or written[1] not in _MONTHS:
        raise ValueError("not a date of the form Jun 12 1998")
    return date(int(written[3]), _MONTHS[written[1]], int(written[2]))


def settle_release(release: date, text: str, as_of: date, two_digit_years: bool, repairs: list[Rule]) -> date:
    """`release` as it can have been by `as_of`: a future one moves a century back if `two_digit_years` may be why."""
    if release.year < EARLIEST_YEAR:
        raise Rejected(Rule.RELEASE_TOO_EARLY, _FIELD, text)
    if release <= as_of:
        return release
    moved = _century_before(release) if two_digit_years else None
    if moved is None or moved.year < EARLIEST_YEAR or moved > as_of:
        raise Rejected(Rule.RELEASE_IN_FUTURE, _FIELD, text)
    repairs.append(Rule.RELEASE_CENTURY)
    return moved


def _century_before(release: date) -> date | None:
    try:
        return release.replace(year=release.year - 100)
    except ValueError:
        # 29 February, in a year such as 1900.
        return None
