"""What it costs to have Dask share the scoring of a table out: films a second and memory, beside one process.

python -m benchmarks.score_films [--films N]
"""

import os
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import delete, func, select

from benchmarks.collect_csv import SECONDS_BETWEEN_LOOKS, Measured, resident
from cinecote.database import connect
from cinecote.tables import film_scores, films

COMMANDS = Path(sys.executable).parent
WAYS: Mapping[str, tuple[int, list[str]]] = {
    "plain": (1, []),
    "`--dask local`, 1 worker": (1, ["--dask", "local"]),
    "`--dask local`, 2 workers": (2, ["--dask", "local"]),
}
"""By its name, in how many processes and with which options the films are scored."""


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--films", type=int, default=1_000_000)
    wanted = parser.parse_args().films
    with TemporaryDirectory(prefix="cinecote-bench-") as folder:
        url = f"sqlite:///{folder}/cinecote.db"
        environment = os.environ | {
            "DATABASE_URL": url,
            "MLFLOW_TRACKING_URI": f"sqlite:///{folder}/mlflow.db",
            "CINECOTE_LOG_LEVEL": "WARNING",
        }
        stored = prepare(environment, url, wanted)
        print(f"{stored:,} films; load {os.getloadavg()[0]:.1f} of {os.cpu_count()} cores", flush=True)
        for name, (processes, options) in WAYS.items():
            forget(url)
            own = environment | {"CINECOTE_TRAIN_JOBS": str(processes)}
            tell(name, stored, measure(own, *options))
        tell("plain, all of them scored already", stored, measure(environment))


def prepare(environment: Mapping[str, str], url: str, wanted: int) -> int:
    """A champion of the built-in sample, and so many made-up films beside it; how many films there are."""
    for command in (
        ["cinecote-migrate"],
        ["cinecote-collect", "sample"],
        ["cinecote-train", "run", "--model", "film-category"],
        ["cinecote-collect", "synthetic", "--films", str(wanted)],
    ):
        subprocess.run([COMMANDS / command[0], *command[1:]], env=environment, check=True, stdout=subprocess.DEVNULL)
    engine = connect(url)
    with engine.connect() as connection:
        stored = connection.scalar(select(func.count()).select_from(films)) or 0
    engine.dispose()
    return stored


def forget(url: str) -> None:
    """Remove every score."""
    engine = connect(url)
    with engine.begin() as connection:
        connection.execute(delete(film_scores))
    engine.dispose()


def measure(environment: Mapping[str, str], *options: str) -> Measured:
    """A run of `cinecote-train score`, with whatever processes it starts."""
    memory, begun = 0.0, time.perf_counter()
    process = subprocess.Popen(
        [COMMANDS / "cinecote-train", "score", *options], env=environment, stdout=subprocess.DEVNULL
    )
    while True:
        ended, status, used = os.wait4(process.pid, os.WNOHANG)
        if ended:
            break
        memory = max(memory, sum(map(resident, family(process.pid))))
        time.sleep(SECONDS_BETWEEN_LOOKS)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"cinecote-train score ended with {process.returncode}")
    return Measured(time.perf_counter() - begun, used.ru_utime + used.ru_stime, memory)


def family(pid: int) -> Iterator[int]:
    """A process and all that its threads started."""
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in children.read_text().split():
                yield from family(int(child))


def tell(name: str, stored: int, measured: Measured) -> None:
    print(
        f"| {name} | {stored / measured.seconds:,.0f} | {measured.seconds:.1f} s | {measured.processor:.1f} s "
        f"| {measured.memory:,.0f} MB |",
        flush=True,
    )


if __name__ == "__main__":
    main()
