"""What scoring holds in memory doesn't grow with the table."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from cinecote.database import now
from cinecote.tables import ORDERS, film_scores

TYPED = Path(sys.executable).with_name("cinecote-train")
FILMS = int(os.environ.get("CINECOTE_SCORE_FILMS", "100000"))
PARTITION = 20_000

# A million films take half a minute, or minutes on a busy machine.
pytestmark = pytest.mark.timeout(1200)

# By a small process between: a child's peak begins with the memory of whoever starts it.
MEASURED = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""

# Made where they are stored: a row sent costs more than one scored.
MADE = """
    WITH RECURSIVE numbers(n) AS (SELECT :first UNION ALL SELECT n + 1 FROM numbers WHERE n < :last)
    INSERT INTO films (source, source_id, title, revenue, budget, runtime, vote_count, release_date,
                       genres, status, content_hash, fetched_at)
    SELECT 'csv', n, 'Film ' || n, CASE WHEN n % 3 THEN 1000 + n * 7919 % 900000000 END,
           CASE WHEN n % 5 THEN 1000 + n * 6007 % 300000000 END, 60 + n % 120, n * 31 % 20000, '2001-02-03',
           '[]', 'Released', 'made', :moment
    FROM numbers
"""


def test_many_partitions_are_scored_in_the_memory_of_one(trained_copy: Callable[[], Any]) -> None:
    site = trained_copy()
    with site.engine.begin() as connection:
        # Nobody turns pages here, and they take most of an insert's time.
        for order in ORDERS:
            order.drop(connection)

    fill_up(site, PARTITION)
    few = megabytes_of_scoring(site)
    fill_up(site, FILMS)
    many = megabytes_of_scoring(site)

    with site.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(film_scores)) == FILMS
    # Measured: 0.8 to 1.2, of a million too. Had it kept what it read, 300 bytes a film, it would be 30, or 300.
    assert many - few < 10


def fill_up(site: Any, films: int) -> None:
    """Add made-up films until there are so many."""
    with site.engine.begin() as connection:
        numbers = {"first": site.film_count + 1, "last": films, "moment": now().isoformat(" ")}
        connection.execute(text(MADE), numbers)


def megabytes_of_scoring(site: Any) -> float:
    """The most that a whole run of the command held."""
    command = [sys.executable, "-c", MEASURED, str(TYPED), "score"]
    said = subprocess.run(command, env=site.environment, stdout=subprocess.PIPE, check=True, text=True)
    return int(said.stdout.split()[-1]) / 1024
