import asyncio
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, text

from cinecote_api import database_reader
from cinecote_api.database_reader import DatabaseAway, DatabaseReader

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


def test_a_reading_that_takes_too_long_is_given_up_by_us_and_by_the_database(database: Engine) -> None:
    reader = DatabaseReader(database.url.render_as_string(hide_password=False))
    ended: list[float] = []

    def read(connection: Connection) -> None:
        try:
            connection.execute(text(_endless(connection)))
        finally:
            ended.append(time.monotonic())

    began = time.monotonic()
    with pytest.raises(DatabaseAway):
        asyncio.run(reader.read(read))
    waited = time.monotonic() - began
    reader._threads.shutdown(wait=True)
    reader.close()

    # Of 2 seconds that it is given, with some for a busy machine.
    assert waited < 10
    assert ended[0] - began < 15


def test_nothing_can_be_written_through_a_reader_of_sqlite(tmp_path: Path) -> None:
    (tmp_path / "cinecote.db").touch()
    reader = DatabaseReader(f"sqlite:///{tmp_path}/cinecote.db")

    with pytest.raises(DatabaseAway):
        asyncio.run(reader.read(lambda connection: connection.execute(text("CREATE TABLE t (a)"))))
    reader.close()

    assert (tmp_path / "cinecote.db").read_bytes() == b""


def test_a_database_that_comes_back_is_read_again(tmp_path: Path) -> None:
    reader = DatabaseReader(f"sqlite:///{tmp_path}/cinecote.db")

    with pytest.raises(DatabaseAway):
        asyncio.run(reader.read(lambda connection: connection.execute(text("SELECT 1")).scalar_one()))
    (tmp_path / "cinecote.db").touch()
    answer = asyncio.run(reader.read(lambda connection: connection.execute(text("SELECT 1")).scalar_one()))
    reader.close()

    assert answer == 1


def test_a_file_that_was_taken_away_is_not_read_on(tmp_path: Path) -> None:
    path = _database(tmp_path / "cinecote.db", title="Alien")
    reader = DatabaseReader(f"sqlite:///{path}")

    before = asyncio.run(reader.read(_title))
    path.unlink()
    with pytest.raises(DatabaseAway):
        asyncio.run(reader.read(_title))
    reader.close()

    assert before == "Alien"


def test_a_file_that_was_put_in_the_place_of_another_is_read_instead(tmp_path: Path) -> None:
    path = _database(tmp_path / "cinecote.db", title="Alien")
    reader = DatabaseReader(f"sqlite:///{path}")

    before = asyncio.run(reader.read(_title))
    _database(tmp_path / "other.db", title="Brazil").replace(path)
    after = asyncio.run(reader.read(_title))
    reader.close()

    assert (before, after) == ("Alien", "Brazil")


def test_a_reading_is_not_ended_by_the_time_of_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # SQLite counts a statement's steps over all its runs: one of a few steps is looked at, too, sooner or later.
    monkeypatch.setattr(database_reader, "_SQLITE_STEPS_BETWEEN_LOOKS", 1)
    reader = DatabaseReader(f"sqlite:///{_database(tmp_path / 'cinecote.db', title='Alien')}")
    seconds = 1.0

    before = asyncio.run(reader.read(_title, seconds))
    time.sleep(seconds)
    after = asyncio.run(reader.read(_title))
    reader.close()

    assert (before, after) == ("Alien", "Alien")


def _database(path: Path, title: str) -> Path:
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("CREATE TABLE films (title)")
        file.execute("INSERT INTO films VALUES (?)", (title,))
    return path


def _title(connection: Connection) -> object:
    return connection.execute(text("SELECT title FROM films")).scalar_one()


def _endless(connection: Connection) -> str:
    if connection.dialect.name == "sqlite":
        return ENDLESS
    return (
        "SELECT count(*) FROM information_schema.columns a, information_schema.columns b, information_schema.columns c"
    )
