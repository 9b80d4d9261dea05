"""Titles as sources write them, mended."""

import re

from cinecote.tables import TITLE_LENGTH
from cinecote_collect.rules import Rejected, Rule

# English, French, German, Spanish, Italian, Dutch; none that is also an everyday last word (I, O, En, …).
_ARTICLES = (
    "The|An|A|Les|Le|La|L'|L’|Une|Un|Der|Die|Das|Eine|Ein|El|Los|Las|Il|Lo|Gli|De|Het|Een"
)  # fmt: skip
_ARTICLE_LAST = re.compile(rf"(.+), ({_ARTICLES})")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def read_title(text: str) -> str:
    """`text` with each run of blanks as one, none at the ends."""
    title = " ".join(text.split())
    if not title:
        raise Rejected(Rule.TITLE_MISSING, "title", text)
    if len(title) > TITLE_LENGTH:
        raise Rejected(Rule.TITLE_TOO_LONG, "title", text)
    if _CONTROL.search(title):
        raise Rejected(Rule.ROW_UNREADABLE, "title", text)
    return title


def article_first(title: str, repairs: list[Rule]) -> str:
    """`Barbarians, The` as `The Barbarians`; `New York, New York` as it is."""
    last = _ARTICLE_LAST.fullmatch(title)
    if last is None:
        return title
    repairs.append(Rule.TITLE_ARTICLE)
    rest, article = last.groups()
    return f"{article}{rest}" if article.endswith(("'", "’")) else f"{article} {rest}"


def mend_encoding(title: str, repairs: list[Rule]) -> str:
    """`AstÈrix` as `Astérix`: Windows' letters that were once read as a Macintosh's; other titles as they are."""
    if title.isascii():
        return title
    try:
        mended = title.encode("mac_roman").decode("cp1252")
    except UnicodeError:
        return title
    if mended != title:
        repairs.append(Rule.TITLE_ENCODING)
    return mended
