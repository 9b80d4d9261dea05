"""How fast, and in how much memory, the api scores a table of 100,000 films; single predictions beside it.

python benchmarks/batch_csv.py [--rows N] [--rounds N] [--site FOLDER]
"""

import json
import random
import statistics
import subprocess
import sys
import time
from argparse import ArgumentParser
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.served_api import ServedApi, served_api

GOAL_ROWS_A_SECOND = 60_000
GOAL_MEMORY_MB = 50
CALLERS = 4
SINGLES_A_SECOND = 100
SECONDS_BESIDE = 10


@dataclass(frozen=True, slots=True)
class Round:
    """One table: its wall and processor time in seconds, and the most memory above idle in MB."""

    seconds: float
    processor: float
    memory: float


def films_table(rows: int) -> bytes:
    """A table as people have them: nine columns, accents, unknown cells; the same at every call."""
    pick = random.Random(20260101)
    lines = ["id,title,release_date,revenue,budget,vote_count,runtime,genres,vote_average"]
    for number in range(rows):
        known = pick.random()
        lines.append(
            f"{number},Un film numéro {number},{pick.randint(1920, 2026)}-05-01,"
            f"{pick.randint(1, 9_000) * 100_000 if known < 0.4 else ''},"
            f"{pick.randint(1, 2_000) * 100_000 if known < 0.6 else ''},{int(pick.paretovariate(0.6))},"
            f"{pick.randint(60, 180)},Drama|Comedy,{pick.uniform(2, 9):.1f}"
        )
    return "\n".join(lines).encode()


def score(api: ServedApi, table: bytes) -> Round:
    """Send the table, take the answer as it comes, and see that each row was answered."""
    idle, processor = api.memory(), api.processor
    api.forget_peak()
    begun = time.perf_counter()
    taken = 0
    with api.client.stream(
        "POST", "/v1/predictions/batch", content=table, headers={"Content-Type": "text/csv"}
    ) as answer:
        for part in answer.iter_bytes():
            taken += part.count(b"\n")
    seconds = time.perf_counter() - begun
    if answer.status_code != 200 or taken != table.count(b"\n") + 1:
        raise SystemExit(f"answered {taken} lines with {answer.status_code}")
    return Round(seconds, api.processor - processor, api.memory("VmHWM") - idle)


def beside(api: ServedApi, table: bytes | None) -> dict[str, Any]:
    """Single predictions at a constant rate from a process of its own, beside tables one after the other, or alone."""
    asked = ("--callers", str(CALLERS), "--rate", str(SINGLES_A_SECOND), "--seconds", str(SECONDS_BESIDE))
    crowd = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.arrivals", str(api.port), *asked], stdout=subprocess.PIPE, text=True
    )
    while crowd.poll() is None:
        if table is None:
            time.sleep(0.1)
        else:
            score(api, table)
    told: dict[str, Any] = json.loads(crowd.communicate()[0])
    return told


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--site", type=Path, help="a folder with cinecote.db and mlflow.db, instead of a training")
    arguments = parser.parse_args()
    table = films_table(arguments.rows)
    with served_api(arguments.site) as api:
        print(f"{arguments.rows:,} rows, {len(table) / 1e6:.1f} MB, by {api.model}")
        rounds = [score(api, table) for _ in range(arguments.rounds)]
        report(arguments.rows, rounds)
        for name, with_table in (("alone", None), ("beside a table", table)):
            said = beside(api, with_table)
            quantiles = ", ".join(f"p{part} {said[f'p{part}'] * 1000:.1f} ms" for part in (50, 99))
            print(f"single predictions {name}: {quantiles} ({said['counts']})")


def report(rows: int, rounds: list[Round]) -> None:
    speeds = [rows / it.processor for it in rounds]
    print(
        f"{statistics.median(speeds):>9,.0f} rows a second of a core"
        f" ({statistics.median(speeds) / GOAL_ROWS_A_SECOND:.2f} x the goal; least {min(speeds):,.0f})"
    )
    print(
        f"{statistics.median(rows / it.seconds for it in rounds):>9,.0f} rows a second by the clock, sending included"
    )
    most = max(it.memory for it in rounds)
    print(f"{most:>9,.0f} MB above idle at most ({most / GOAL_MEMORY_MB:.2f} x what is allowed)")


if __name__ == "__main__":
    main()
