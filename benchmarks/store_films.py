"""Cleaned films into MySQL: ours beside SQLAlchemy's ORM and a plain LOAD DATA, then a whole file of a million films.

python -m benchmarks.store_films [--rows N] [--file-rows N]
CINECOTE_BENCH_MYSQL_URL names a server on which a database may be made, and local_infile may be switched on.
"""

import gc
import os
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.orm import DeclarativeBase, Session

from benchmarks.collect_csv import measure, write_films
from cinecote.database import connect, now
from cinecote.film_orders import orders_last
from cinecote.films import fold_words
from cinecote.migrate import migrate
from cinecote.tables import film_words, films
from cinecote_collect.cleaning import Cleaner
from cinecote_collect.downloading import Named
from cinecote_collect.feeds import csv_feeds
from cinecote_collect.loading import FileLoader
from cinecote_collect.preparing import prepared
from cinecote_collect.rows import SAID, Batch, CleanRow
from cinecote_collect.store import Store

DATABASE = "store_films"
ROWS_A_BATCH = 10_000
GOAL_OVER_ORM = 15.0
GOAL_OVER_LOAD_DATA = 0.6
GOAL_MEMORY_MB = 300
# The ORM takes so long that a part of the films tells its speed.
ORM_BATCHES = 2
FILM = ("id", "source", "source_id", *SAID, "content_hash", "fetched_at")
WORD = ("word", "film_id")


class Mapped(DeclarativeBase):
    """The tables as a textbook maps them."""


class MappedFilm(Mapped):
    __table__ = films


class MappedWord(Mapped):
    __table__ = film_words


def fresh(server: str) -> Engine:
    """Our tables, empty."""
    with create_engine(server).connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {DATABASE}")
        connection.exec_driver_sql(f"CREATE DATABASE {DATABASE}")
        connection.exec_driver_sql("SET GLOBAL local_infile = ON")
    engine = connect(at(server), sends_files=True, patient=True)
    migrate(engine)
    return engine


def at(server: str) -> str:
    return make_url(server).set(database=DATABASE).render_as_string(hide_password=False)


def film_of(number: int, row: CleanRow) -> tuple[object, ...]:
    return (number, "bench", row.source_id, *row.said, row.content_hash, now())


def words_of(number: int, row: CleanRow) -> Iterator[tuple[str, int]]:
    for word in set(fold_words(row.title)):
        yield word, number


def ours(engine: Engine, batches: Sequence[Batch], cleaner: Cleaner) -> float:
    begun = time.perf_counter()
    with orders_last(engine, sum(len(batch.rows) for batch in batches) * 10), engine.connect() as connection:
        store = Store(connection)
        for batch in batches:
            store.write(batch, cleaner)
    return time.perf_counter() - begun


def load_data(engine: Engine, batches: Sequence[Batch], *, orders_at_end: bool) -> float:
    """Two files that lie ready, one of films and one of words in the order of their key, each in one statement."""
    numbered = list(enumerate((row for batch in batches for row in batch.rows), start=1))
    words = sorted(word for film in numbered for word in words_of(*film))
    with (
        orders_last(engine, len(numbered) * 10 if orders_at_end else 0),
        engine.connect() as connection,
        tempfile.TemporaryDirectory(prefix="cinecote-bench-") as folder,
    ):
        files = []
        for table, columns, rows in (
            (films, FILM, map(film_of, *zip(*numbered, strict=True))),
            (film_words, WORD, words),
        ):
            loader = FileLoader(connection, table, columns)
            files.append((loader.statement, Path(folder) / table.name))
            files[-1][1].write_text("".join(loader.lines(list(rows))), encoding="utf-8", newline="")
        begun = time.perf_counter()
        for statement, path in files:
            connection.exec_driver_sql(statement, (str(path),))
        connection.commit()
    # The block ends with the indexes made.
    return time.perf_counter() - begun


def orm(engine: Engine, batches: Sequence[Batch]) -> float:
    begun = time.perf_counter()
    for batch in batches:
        with Session(engine) as session:
            added = [MappedFilm(**dict(zip(FILM[1:], film_of(0, row)[1:], strict=True))) for row in batch.rows]
            session.add_all(added)
            session.flush()
            session.add_all(
                MappedWord(word=word, film_id=number)
                for film, row in zip(added, batch.rows, strict=True)
                for word, number in words_of(film.__dict__["id"], row)
            )
            session.commit()
    return time.perf_counter() - begun


def prepared_batches(rows: int, folder: str) -> tuple[list[Batch], Cleaner]:
    path = Path(folder) / "films.csv"
    write_films(path, "tmdb-csv", rows)
    feeds = csv_feeds([Named(path.name, path)], "bench", datetime.now(UTC).date())
    return list(prepared(feeds, ROWS_A_BATCH)), feeds[0].cleaner


def compare(server: str, rows: int) -> bool:
    with tempfile.TemporaryDirectory(prefix="cinecote-bench-") as folder:
        batches, cleaner = prepared_batches(rows, folder)
    few = batches[:ORM_BATCHES]
    runs: dict[str, tuple[Sequence[Batch], Callable[[Engine], float]]] = {
        "cinecote": (batches, lambda engine: ours(engine, batches, cleaner)),
        "SQLAlchemy ORM add_all": (few, lambda engine: orm(engine, few)),
        "LOAD DATA": (batches, lambda engine: load_data(engine, batches, orders_at_end=False)),
        "LOAD DATA, indexes at its end": (batches, lambda engine: load_data(engine, batches, orders_at_end=True)),
    }
    speeds = {}
    for name, (stored, run) in runs.items():
        speeds[name] = sum(len(batch.rows) for batch in stored) / run(fresh(server))
        gc.collect()
        print(
            f"{name:32} {speeds[name]:>9,.0f} films/s   ours is {speeds['cinecote'] / speeds[name]:>5.2f} x", flush=True
        )
    mine, loaded = speeds["cinecote"], max(speed for name, speed in speeds.items() if name.startswith("LOAD"))
    return mine >= GOAL_OVER_ORM * speeds["SQLAlchemy ORM add_all"] and mine >= GOAL_OVER_LOAD_DATA * loaded


def whole_file(server: str, rows: int) -> bool:
    fresh(server)
    with tempfile.TemporaryDirectory(prefix="cinecote-bench-") as folder:
        path = Path(folder) / "films.csv"
        write_films(path, "tmdb-csv", rows)
        measured = measure([Path(sys.executable).parent / "cinecote-collect", "csv", path], at(server))
    print(
        f"cinecote-collect csv, {rows:,} rows: {rows / measured.seconds:,.0f} rows/s, "
        f"{measured.memory:,.0f} MB at most ({measured.memory / GOAL_MEMORY_MB:.2f} x what is allowed)"
    )
    return measured.memory <= GOAL_MEMORY_MB


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--file-rows", type=int, default=1_000_000)
    arguments = parser.parse_args()
    server = os.environ.get("CINECOTE_BENCH_MYSQL_URL") or sys.exit("CINECOTE_BENCH_MYSQL_URL names no MySQL server")
    met = [compare(server, arguments.rows), whole_file(server, arguments.file_rows)]
    with create_engine(server).connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {DATABASE}")
    if not all(met):
        sys.exit("a goal is missed")


if __name__ == "__main__":
    main()
