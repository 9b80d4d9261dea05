"""What single revisions do to rows that are there."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from alembic import command
from sqlalchemy import Connection, Engine, inspect, select, text

from cinecote.database import write_rows
from cinecote.migrate import migration_config
from cinecote.tables import ORDERS, films, rejections

REJECTED = datetime.fromisoformat("2026-11-20T12:00:00.123456")


@pytest.fixture
def before_0005(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection:
        command.downgrade(migration_config(connection), "0005")
        command.downgrade(migration_config(connection), "-1")
        yield connection


def test_rejected_rows_of_expiring_sources_expire_from_0005_on(before_0005: Connection) -> None:
    facts = {
        "source_id": "1",
        "title": "T",
        "genres": [],
        "status": "Released",
        "content_hash": "",
        "fetched_at": REJECTED,
    }
    write_rows(before_0005, films, [{**facts, "source": "mine", "expires_at": REJECTED}])
    write_rows(before_0005, films, [{**facts, "source": "csv", "expires_at": None}])
    columns = "source, line, rule, raw_row, raw_hash, rejected_at"
    for source in ("mine", "csv", "tmdb-csv"):
        before_0005.execute(
            text(f"INSERT INTO rejections ({columns}) VALUES (:source, 2, 'r', '[]', '', :at)"),
            {"source": source, "at": REJECTED},
        )

    command.upgrade(migration_config(before_0005), "0005")

    expires = REJECTED + timedelta(days=180)
    found = before_0005.execute(select(rejections.c.source, rejections.c.expires_at))
    assert {row.source: row.expires_at for row in found} == {"mine": expires, "csv": None, "tmdb-csv": expires}


def test_of_rejected_rows_that_say_the_same_0007_keeps_the_one_met_last(engine: Engine) -> None:
    columns = "source, line, rule, raw_row, raw_hash, rejected_at"
    with engine.connect() as connection:
        command.downgrade(migration_config(connection), "0006")
        for line, said in ((2, "a"), (3, "b"), (3, "a"), (4, "a")):
            connection.execute(
                text(f"INSERT INTO rejections ({columns}) VALUES ('csv', :line, 'r', '[]', :said, :at)"),
                {"line": line, "said": said, "at": REJECTED + timedelta(days=line)},
            )

        command.upgrade(migration_config(connection), "0007")

        found = connection.execute(select(rejections.c.line, rejections.c.raw_hash, rejections.c.rejected_at))
        assert sorted(found) == [(3, "b", REJECTED + timedelta(days=3)), (4, "a", REJECTED + timedelta(days=4))]


def test_0002_cut_off_among_its_indexes_makes_those_that_are_missing(engine: Engine) -> None:
    made = sorted(map(str, inspect(engine).get_indexes(films.name)))
    with engine.connect() as connection:
        command.downgrade(migration_config(connection), "0001")
        ORDERS[0].create(connection)
        connection.execute(text("DROP INDEX ix_films_vote_count" + " ON films" * (engine.dialect.name == "mysql")))
        connection.commit()

        command.upgrade(migration_config(connection), "head")

    assert sorted(map(str, inspect(engine).get_indexes(films.name))) == made
