"""Before or after a film's release: which model is asked, and for what."""

from collections.abc import Mapping
from typing import Any, Literal

from cinecote.models import AFTER_RELEASE, BEFORE_RELEASE, FilmModel

When = Literal["after", "before"]
DEFAULT_WHEN: When = "after"

MODEL_AT: Mapping[When, FilmModel] = {"after": AFTER_RELEASE, "before": BEFORE_RELEASE}
"""The model that is asked about a film at that moment, in the order that they are offered in."""


def read_when(args: Mapping[str, str]) -> When:
    """The moment that an address or a form names: before the release, or else after it."""
    return "before" if args.get("when") == "before" else DEFAULT_WHEN


def address_of(when: When) -> dict[str, str]:
    """What an address holds for read_when to find `when` again."""
    return {} if when == DEFAULT_WHEN else {"when": when}


ADDRESSES: Mapping[When, Mapping[str, Any]] = {when: address_of(when) for when in MODEL_AT}
"""That of each moment."""
