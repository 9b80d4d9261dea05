"""New rows on MySQL: as a file they become what they become when inserted."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, delete, select

from cinecote.bulk import BulkWriter
from cinecote.database import connect, now
from cinecote.exits import CommandError
from cinecote.tables import films
from cinecote_collect.loading import FileLoader, loader

from .conftest import Site

COLUMNS = (
    "id", "source", "source_id", "title", "release_date", "revenue", "vote_average", "genres", "status",
    "content_hash", "fetched_at",
)  # fmt: skip
STORED = select(*(films.c[name] for name in COLUMNS)).order_by(films.c.id)
HOSTILE = ("Été 🎬", r"back\slash \N \t", "tab\there", "line\nend\r\n", "nul\0", "'quote\"", r"\N", "", "LOAD DATA%s")


def rows() -> list[tuple[Any, ...]]:
    facts = [(date(1998, 6, 12), 2**40, 0.1 + 0.2), (None, None, None)]
    return [
        (number, "t", str(number), title, *facts[number % 2], (title,), "Released", "0", now())
        for number, title in enumerate(HOSTILE, start=1)
    ]


def test_a_file_gives_exactly_what_inserting_gives(mysql_site: Site) -> None:
    engine = connect(mysql_site.url, sends_files=True)
    taken = []
    with engine.connect() as connection:
        connection.exec_driver_sql("SET GLOBAL local_infile = ON")
        written = rows()
        assert isinstance(loader(connection, films, COLUMNS), FileLoader)
        for way in (loader(connection, films, COLUMNS), BulkWriter(films, connection.dialect, COLUMNS)):
            way.write(connection, written)
            taken.append(connection.execute(STORED).all())
            connection.execute(delete(films))

    engine.dispose()
    assert taken[0] == taken[1]
    assert [film.title for film in taken[0]] == list(HOSTILE)


def refused(connection: Connection, row: tuple[Any, ...]) -> None:
    with pytest.raises(CommandError, match="of 1 rows"):
        FileLoader(connection, films, COLUMNS).write(connection, [row])
    connection.rollback()


def test_a_row_that_mysql_would_bend_or_leave_out_is_an_error(mysql_site: Site) -> None:
    engine = connect(mysql_site.url, sends_files=True)
    good = rows()[0]
    with engine.connect() as connection:
        connection.exec_driver_sql("SET GLOBAL local_infile = ON")
        refused(connection, (*good[:3], "t" * 501, *good[4:]))
        FileLoader(connection, films, COLUMNS).write(connection, [good])
        connection.commit()
        refused(connection, good)

    engine.dispose()
