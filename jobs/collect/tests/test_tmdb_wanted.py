"""The table of a pass' films, at sizes that one statement is too little or too much for."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event

from cinecote.database import connect, now, write_rows
from cinecote.tables import films
from cinecote_collect.tmdb import wanted

from .conftest import Site


@pytest.fixture
def connection(server_site: Site) -> Iterator[Connection]:
    engine = connect(server_site.url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def test_what_is_done_is_forgotten_in_portions_and_what_failed_is_not(connection: Connection) -> None:
    wanted.add(connection, range(2_500))
    wanted.mark(connection, range(2_500), "done")
    wanted.mark(connection, [7, 2_400], "failed")
    deleted = []

    @event.listens_for(connection, "after_cursor_execute")
    def _note(_connection: object, cursor: Any, statement: str, *_rest: object) -> None:
        if statement.startswith("DELETE"):
            deleted.append(cursor.rowcount)

    wanted.end(connection)

    assert (sum(deleted), max(deleted)) == (2_498, 1_000)
    assert (wanted.count(connection), wanted.count(connection, "failed")) == (2, 2)


def test_of_the_films_stored_all_or_those_about_to_expire_are_wanted_wherever_their_ids_are(
    connection: Connection,
) -> None:
    facts = {"title": "Film", "genres": [], "status": "Released", "content_hash": "", "fetched_at": now()}
    soon, late = now() + timedelta(days=29), now() + timedelta(days=31)
    stored = [
        {**facts, "id": film_id, "source": source, "source_id": str(number), "expires_at": expires}
        for number, (film_id, source, expires) in enumerate(
            [
                (3, "tmdb", soon),
                (49_999, "tmdb", late),
                (50_003, "tmdb", soon),
                (260_000, "tmdb", late),
                (4, "csv", soon),
            ]
        )
    ]
    write_rows(connection, films, stored)

    wanted.add_stored(connection, now())
    assert wanted.portion(connection, -1) == [0, 2]

    wanted.add_stored(connection)
    assert wanted.portion(connection, -1) == [0, 1, 2, 3]


def test_without_a_film_stored_none_is_wanted(connection: Connection) -> None:
    wanted.add_stored(connection)

    assert wanted.count(connection) == 0
