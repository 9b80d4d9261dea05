"""How near to its limit `cinecote-collect tmdb` comes, beside one request after the other, and that it never passes it.

python -m benchmarks.tmdb_pace [--seconds N]: against tests/fake_tmdb, which counts each second's requests itself.
"""

import os
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from pathlib import Path
from urllib.request import Request, urlopen

from tests.fake_tmdb.running import TOKEN, FakeTmdb, running

GOAL = 0.95
CASES = ((35, 0.05), (35, 0.2), (1_000, 0.05), (1_000, 0.2))
_SEQUENTIAL_REQUESTS = 40


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="how long each run takes at its limit")
    seconds = parser.parse_args().seconds
    failed = False
    for limit, delay in CASES:
        with running(films=limit * seconds, limit=limit, delay=delay, absurd=0) as tmdb:
            alone = sequential(tmdb)
            tmdb.control("forget", all=True)
            processor = collect(tmdb, limit)
            report = tmdb.report()
        share = report["rate"] / limit
        failed |= share < GOAL or report["over"] > 0
        print(
            f"limit {limit:5,}/s, round trip {delay * 1000:3.0f} ms: {report['rate']:7.1f}/s = {share:.3f} of it "
            f"(goal {GOAL}), {report['rate'] / alone:5.1f} x one after the other; "
            f"at most {report['peak']:,} in any second, {report['over']} above the limit; "
            f"{processor / report['requests'] * 1000:.2f} ms of processor time a request",
            flush=True,
        )
    sys.exit(failed)


def sequential(tmdb: FakeTmdb) -> float:
    """Requests a second of a loop that waits for each answer."""
    begun = time.perf_counter()
    for film_id in [*tmdb.films()][:_SEQUENTIAL_REQUESTS]:
        with urlopen(Request(f"{tmdb.url}/3/movie/{film_id}", headers={"Authorization": f"Bearer {TOKEN}"})) as answer:
            answer.read()
    return _SEQUENTIAL_REQUESTS / (time.perf_counter() - begun)


def collect(tmdb: FakeTmdb, limit: int) -> float:
    """Collect all of its films; the seconds of processor time that it took."""
    commands = Path(sys.executable).parent
    with tempfile.TemporaryDirectory(prefix="cinecote-bench-") as folder:
        settings = {
            "DATABASE_URL": f"sqlite:///{folder}/films.db",
            "CINECOTE_TMDB_REQUESTS_PER_SECOND": str(limit),
            "CINECOTE_LOG_LEVEL": "WARNING",
        }
        environment = os.environ | tmdb.settings | settings
        subprocess.run([commands / "cinecote-migrate"], env=environment, check=True, capture_output=True)
        before = sum(os.times()[2:4])
        subprocess.run([commands / "cinecote-collect", "tmdb"], env=environment, check=True, stdout=subprocess.DEVNULL)
        return sum(os.times()[2:4]) - before


if __name__ == "__main__":
    main()
