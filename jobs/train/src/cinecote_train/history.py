"""The ledger as a person reads it."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from cinecote.ledger import Entry


def show_history(out: Console, entries: Sequence[Entry]) -> None:
    """The ledger, the newest decision first."""
    if not entries:
        out.print("nothing has been promoted or refused yet; type cinecote-train run")
        return
    table = Table(title="Promotions and refusals")
    for heading in ("when (UTC)", "version", "before", "decision", "reason"):
        table.add_column(heading)
    for entry in entries:
        at = entry.at.strftime("%Y-%m-%d %H:%M:%S")
        table.add_row(at, entry.version, entry.previous or "–", entry.decision, entry.reason)
    out.print(table)
