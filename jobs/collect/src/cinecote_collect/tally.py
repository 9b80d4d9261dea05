"""What a run did with the rows that it read."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Tally:
    """Rows by what became of them, `read` being the sum of the others; `rules` counts the rows that each applied to."""

    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    rules: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Tally") -> None:
        self.read += other.read
        self.new += other.new
        self.changed += other.changed
        self.unchanged += other.unchanged
        self.rejected += other.rejected
        self.rules.update(other.rules)

    def counts(self) -> dict[str, Any]:
        """As a row of `job_runs` keeps them."""
        return {
            "read": self.read,
            "new": self.new,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "rejected": self.rejected,
            "rules": dict(sorted(self.rules.items())),
        }
