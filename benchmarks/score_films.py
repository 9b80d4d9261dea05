"""What it costs to have Dask share the scoring of a table out: films a second and memory, beside one process.

python -m benchmarks.score_films [--films N]
"""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import delete, func, select

from benchmarks.collect_csv import Measured, measure
from cinecote.database import connect
from cinecote.tables import film_scores, films

COMMANDS = Path(sys.executable).parent
SCORE: Sequence[str | Path] = (COMMANDS / "cinecote-train", "score")
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
        registry = {"MLFLOW_TRACKING_URI": f"sqlite:///{folder}/mlflow.db"}
        stored = prepare(url, registry, wanted)
        print(f"{stored:,} films; load {os.getloadavg()[0]:.1f} of {os.cpu_count()} cores", flush=True)
        for name, (processes, options) in WAYS.items():
            forget(url)
            jobs = {"CINECOTE_TRAIN_JOBS": str(processes)}
            tell(name, stored, measure([*SCORE, *options], url, **registry, **jobs))
        tell("plain, all of them scored already", stored, measure(SCORE, url, **registry))


def prepare(url: str, registry: Mapping[str, str], wanted: int) -> int:
    """A champion of the built-in sample, and so many made-up films beside it; how many films there are."""
    for command in (
        ["cinecote-migrate"],
        ["cinecote-collect", "sample"],
        ["cinecote-train", "run", "--model", "film-category"],
        ["cinecote-collect", "synthetic", "--films", str(wanted)],
    ):
        measure([COMMANDS / command[0], *command[1:]], url, **registry)
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


def tell(name: str, stored: int, measured: Measured) -> None:
    print(
        f"| {name} | {stored / measured.seconds:,.0f} | {measured.seconds:.1f} s | {measured.processor:.1f} s "
        f"| {measured.memory:,.0f} MB |",
        flush=True,
    )


if __name__ == "__main__":
    main()
