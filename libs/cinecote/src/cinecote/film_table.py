"""A table of films as CSV, as it is sent to be scored: its limits, and the columns of its answer."""

LARGEST_TABLE = 32 * 1024 * 1024
"""Bytes."""

MOST_ROWS = 100_000

ANSWERED = ("category", "certain", "p_mediocre", "p_moyen", "p_bien", "error")
"""What the answer adds to the sender's columns; `error` names the line that a row begins on."""
