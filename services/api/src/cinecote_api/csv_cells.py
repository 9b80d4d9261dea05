"""Cells of a CSV answer that a spreadsheet takes for text."""

import re

_FORMULA = ("=", "+", "-", "@", "\t")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")


def safe_cell(text: str) -> str:
    """`text`, behind a `'` where a spreadsheet would take it for a formula; a number stays as it is."""
    if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text
