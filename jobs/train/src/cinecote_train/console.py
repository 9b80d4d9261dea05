"""Where a person reads what a command found: standard output."""

from rich.console import Console

WHOLE_TABLE = 158
"""Columns that a comparison's whole table takes; where standard output is no terminal, rich would fold it to 80."""


def console() -> Console:
    """Standard output, wide enough for the tables where it is a file or a pipe."""
    plain = Console()
    return plain if plain.is_terminal else Console(width=WHOLE_TABLE)
