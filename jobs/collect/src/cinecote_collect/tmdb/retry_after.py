"""The header by which a server says for how long it wants to be left alone."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def seconds_of(retry_after: str | None) -> float | None:
    """`Retry-After` in either of its forms; None where there is none that can be read."""
    if retry_after is None:
        return None
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        moment = parsedate_to_datetime(retry_after).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
