import csv
import os
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cinecote.database import connect
from cinecote.migrate import migrate

SAMPLE_COLUMNS = "title release_date budget revenue runtime vote_count vote_average genre certificate".split()


@dataclass(frozen=True)
class Site:
    """A migrated database in a folder of its own, and the command on it."""

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "DATABASE_URL": f"sqlite:///{self.folder}/films.db", "CINECOTE_COLLECT_BATCH_ROWS": "200"}

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-c", "from cinecote_collect.main import main; main()", *arguments]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments), env=self.environment, capture_output=True, text=True, timeout=120, check=False
        )

    def rows(self, query: str) -> list[Any]:
        with sqlite3.connect(self.folder / "films.db") as connection:
            return connection.execute(query).fetchall()

    def counts(self) -> list[int]:
        """Read, new, changed, unchanged, rejected of the last run."""
        last = "FROM job_runs ORDER BY id DESC LIMIT 1"
        names = ("read", "new", "changed", "unchanged", "rejected")
        return list(self.rows("SELECT " + ", ".join(f"counts ->> '$.{name}'" for name in names) + f" {last}")[0])

    def content(self) -> list[list[Any]]:
        """All that is stored, but for times."""
        return [
            self.rows(
                "SELECT id, source, source_id, title, release_date, revenue, budget, runtime, vote_count,"
                " vote_count_raw, vote_average, content_hash FROM films ORDER BY id"
            ),
            self.rows("SELECT word, film_id FROM film_words ORDER BY word, film_id"),
            self.rows(
                "SELECT source, line, rule, field, raw_value, raw_row FROM rejections ORDER BY source, line, rule"
            ),
        ]

    def write(self, name: str, rows: Sequence[Sequence[Any]], columns: Sequence[str] = SAMPLE_COLUMNS) -> str:
        path = self.folder / name
        with path.open("w", newline="") as file:
            csv.writer(file).writerows([columns, *rows])
        return str(path)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    engine = connect(f"sqlite:///{tmp_path}/films.db")
    migrate(engine)
    engine.dispose()
    return Site(tmp_path)
