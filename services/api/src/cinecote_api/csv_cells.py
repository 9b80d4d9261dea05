"""Cells of CSV: which are numbers, and how a spreadsheet is kept from taking one for a formula."""

import re

# No digit has two places where it could belong: trying them all would take minutes for some ten thousand digits, and
# `re` lets nobody else work meanwhile.
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)

FORMULA = ("=", "+", "-", "@", "\t")
"""What a spreadsheet takes for the beginning of a formula, which it would run whoever wrote it."""


def safe_cell(text: str) -> str:
    """`text`, behind a `'` where a spreadsheet would take it for a formula; a number stays as it is."""
    if text.startswith(FORMULA) and not NUMBER.fullmatch(text.strip(" ")):
        return f"'{text}"
    return text
