"""How fast, and in how much memory, `cinecote-collect csv` takes a file of a million films; pandas' to_sql beside it.

python benchmarks/collect_csv.py [--rows N] [--layout tmdb-csv|csv]
"""

import csv
import os
import random
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path

GOAL_ROWS_A_SECOND = 20_000
GOAL_MEMORY_MB = 300
SECONDS_BETWEEN_LOOKS = 0.1

TMDB_CSV = (
    "id,title,vote_average,vote_count,status,release_date,revenue,runtime,adult,backdrop_path,budget,homepage,imdb_id,"
    "original_language,original_title,overview,popularity,poster_path,tagline,genres,production_companies,"
    "production_countries,spoken_languages,keywords"
).split(",")
SAMPLE = "title,release_date,budget,revenue,runtime,vote_count,vote_average,genre,certificate".split(",")
GENRES = ("Drama", "Comedy", "Documentary", "Animation", "Horror", "Music", "Thriller", "Action", "Science Fiction")
ACCENTED = "éèêëàâäçïîôöùûüñóáíåøœßłžščężабвгдежзийклмнопрстуфхцчшыэюя"


@dataclass(frozen=True, slots=True)
class Measured:
    """A run: its wall time and its processor time in seconds, and the most memory that its processes held in MB."""

    seconds: float
    processor: float
    memory: float


class Films:
    """Made-up films as a table of TMDB's has them: many unknown facts, few votes, some dirt; the same at every call."""

    def __init__(self) -> None:
        self._random = random.Random(20260101)
        letters = "etaoinshrdlcum"
        pick = self._random
        words = ["".join(pick.choices(letters, k=pick.randint(2, 9))) for _ in range(60_000)]
        accented = [word[:-1] + pick.choice(ACCENTED) for word in words[::4]]
        self._words = words + accented
        # Zipf's law: a few words (the, of, …) stand in very many titles.
        self._weights = list(accumulate(1 / (rank + 10) for rank in range(len(self._words))))
        self._overview = " ".join(words[:60])

    def title(self) -> str:
        count = self._random.choice((1, 2, 2, 3, 3, 4, 6))
        return " ".join(self._random.choices(self._words, cum_weights=self._weights, k=count)).capitalize()

    def facts(self) -> dict[str, object]:
        """A film by the names of TMDB's columns."""
        pick = self._random
        day = date(1920, 1, 1) + timedelta(days=int(38_700 * pick.random() ** 0.5))
        known = pick.random()
        votes = int(pick.paretovariate(0.6)) - 1 if known < 0.6 else 0
        return {
            "title": self.title(),
            "vote_average": round(pick.uniform(2, 9.5), 1) if votes else 0.0,
            "vote_count": min(votes, 40_000),
            "release_date": day.isoformat() if known < 0.85 else "",
            "revenue": pick.randint(1, 900) * 100_000 if known < 0.05 else 0,
            "budget": pick.randint(1, 2_000) * 10_000 if known < 0.08 else 0,
            "runtime": pick.randint(1, 160) if known < 0.75 else 0,
            "genres": ", ".join(pick.sample(GENRES, pick.choice((0, 1, 1, 2, 3)))),
        }

    def tmdb_rows(self, count: int) -> Iterator[Sequence[object]]:
        """Rows of the million-row table: 2 in 100 are adult, 1 in 200 has an earlier id, 1 in 1,000 lacks its end."""
        for number in range(1, count + 1):
            facts = self.facts()
            facts |= {
                "id": number if number % 200 != 7 else number - 5,
                "status": "Released",
                "adult": number % 50 == 0,
                "original_language": "en",
                "original_title": facts["title"],
                "overview": self._overview,
                "popularity": 0.6,
                "imdb_id": f"tt{number:07}",
            }
            row = [facts.get(column, "") for column in TMDB_CSV]
            yield row if number % 1_000 else row[:7]

    def sample_rows(self, count: int) -> Iterator[Sequence[object]]:
        """Rows in the sample's layout; short titles make some duplicates."""
        for _ in range(count):
            facts = self.facts()
            day = facts["release_date"]
            written = date.fromisoformat(str(day)).strftime("%b %d %Y") if day else ""
            facts |= {"release_date": written, "genre": str(facts["genres"]).split(", ")[0]}
            yield [facts.get(column, "") for column in SAMPLE]


def write_films(path: Path, layout: str, rows: int) -> None:
    films = Films()
    header, made = (TMDB_CSV, films.tmdb_rows(rows)) if layout == "tmdb-csv" else (SAMPLE, films.sample_rows(rows))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(made)


def measure(command: Sequence[str | Path], url: str, **settings: str) -> Measured:
    """A run of `command` on the database at `url`, with all processes that it starts."""
    environment = os.environ | {"DATABASE_URL": url, "CINECOTE_LOG_LEVEL": "WARNING"} | settings
    memory = 0.0
    begun = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    while True:
        ended, status, used = os.wait4(process.pid, os.WNOHANG)
        if ended:
            break
        memory = max(memory, sum(map(resident, family(process.pid))))
        time.sleep(SECONDS_BETWEEN_LOOKS)
    seconds = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{command[0]} ended with {process.returncode}")
    return Measured(seconds, used.ru_utime + used.ru_stime, memory)


def family(pid: int) -> Iterator[int]:
    """A process and all that its threads started."""
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in children.read_text().split():
                yield from family(int(child))


def resident(pid: int) -> float:
    """MB of a process' resident set; what it shares with others counts in part, so that a sum is right."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


PEER = """
import sys, pandas, sqlalchemy
engine = sqlalchemy.create_engine(f"sqlite:///{sys.argv[2]}")
for films in pandas.read_csv(sys.argv[1], chunksize=5_000, on_bad_lines="skip"):
    films.to_sql("films", engine, if_exists="append", index=False)
"""


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--layout", choices=("tmdb-csv", "csv"), default="tmdb-csv")
    arguments = parser.parse_args()
    commands = Path(sys.executable).parent
    with tempfile.TemporaryDirectory(prefix="cinecote-bench-") as folder:
        films, ours, theirs = (Path(folder) / name for name in ("films.csv", "cinecote.db", "pandas.db"))
        write_films(films, arguments.layout, arguments.rows)
        print(f"{arguments.rows:,} rows, layout {arguments.layout}, {films.stat().st_size / 1e6:,.0f} MB", flush=True)
        url = f"sqlite:///{ours}"
        measure([commands / "cinecote-migrate"], url)
        results = {
            "cinecote-collect, first run": measure([commands / "cinecote-collect", "csv", films], url),
            "cinecote-collect, again": measure([commands / "cinecote-collect", "csv", films], url),
            "pandas to_sql (no cleaning, no index)": measure([sys.executable, "-c", PEER, films, theirs], url),
        }
        report(arguments.rows, results, ours.stat().st_size, theirs.stat().st_size)


def report(rows: int, results: dict[str, Measured], size: int, peer_size: int) -> None:
    for name, measured in results.items():
        speed = rows / measured.seconds
        print(
            f"{name:40} {speed:>9,.0f} rows/s ({speed / GOAL_ROWS_A_SECOND:.2f} x the goal)   "
            f"{measured.processor:>5.1f} s of processor time   "
            f"{measured.memory:>5,.0f} MB at most ({measured.memory / GOAL_MEMORY_MB:.2f} x what is allowed)"
        )
    print(f"databases: {size / 1e6:,.0f} MB, pandas' {peer_size / 1e6:,.0f} MB")


if __name__ == "__main__":
    main()
