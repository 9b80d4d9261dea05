"""The ledger as a person reads it."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table

from cinecote.ledger import Entry


def show_history(out: Console, ledgers: Mapping[str, Sequence[Entry]]) -> None:
    """Each model's ledger, the newest decision first."""
    if not any(ledgers.values()):
        out.print("nothing has been promoted or refused yet; type cinecote-train run")
    for model, entries in ledgers.items():
        if entries:
            _show(out, model, entries)


def _show(out: Console, model: str, entries: Sequence[Entry]) -> None:
    table = Table(title=f"{model}: promotions and refusals")
    for heading in ("when (UTC)", "version", "before", "decision", "reason"):
        table.add_column(heading)
    for entry in entries:
        at = entry.at.strftime("%Y-%m-%d %H:%M:%S")
        table.add_row(at, entry.version, entry.previous or "–", entry.decision, entry.reason)
    out.print(table)
