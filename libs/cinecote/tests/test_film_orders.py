"""The indexes of the films' orders: left out while many films come in, there in the end whatever happens."""

from contextlib import suppress

import pytest
from sqlalchemy import Engine, inspect

from cinecote.database import job_lock, now, write_rows
from cinecote.film_orders import FEWEST_ROWS, ROWS_A_STORED_FILM, missing_orders, orders_last
from cinecote.migrate import migrate
from cinecote.tables import ORDERS, films


def missing(engine: Engine) -> int:
    with engine.connect() as connection:
        return len(missing_orders(connection))


def store(engine: Engine, count: int) -> None:
    facts = {"source": "csv", "genres": [], "status": "Released", "content_hash": "", "fetched_at": now()}
    with engine.begin() as connection:
        write_rows(connection, films, [{**facts, "source_id": str(n), "title": f"Film {n}"} for n in range(count)])


def test_many_films_come_into_an_empty_table_without_indexes_which_are_there_in_the_end(engine: Engine) -> None:
    before = inspect(engine).get_indexes(films.name)

    with orders_last(engine, FEWEST_ROWS):
        assert missing(engine) == len(ORDERS)
        store(engine, 3)

    assert sorted(map(str, inspect(engine).get_indexes(films.name))) == sorted(map(str, before))


def test_few_films_or_a_table_that_holds_many_keep_their_indexes(engine: Engine) -> None:
    with orders_last(engine, FEWEST_ROWS - 1):
        assert missing(engine) == 0
    store(engine, FEWEST_ROWS // ROWS_A_STORED_FILM + 1)

    with orders_last(engine, FEWEST_ROWS):
        assert missing(engine) == 0


def test_a_load_that_fails_makes_the_indexes(engine: Engine) -> None:
    with pytest.raises(ValueError, match="broken"), orders_last(engine, FEWEST_ROWS):
        raise ValueError("broken")

    assert missing(engine) == 0


def interrupt(engine: Engine) -> None:
    with suppress(KeyboardInterrupt), orders_last(engine, FEWEST_ROWS):
        raise KeyboardInterrupt
    assert missing(engine) == len(ORDERS)


def test_a_load_that_is_interrupted_leaves_the_indexes_to_the_next_one_however_small(engine: Engine) -> None:
    interrupt(engine)

    with orders_last(engine, 1):
        pass

    assert missing(engine) == 0


def test_a_large_load_after_an_interrupted_one_makes_the_indexes_that_both_left_out(engine: Engine) -> None:
    interrupt(engine)

    with orders_last(engine, FEWEST_ROWS):
        assert missing(engine) == len(ORDERS)

    assert missing(engine) == 0


def test_migrating_makes_the_indexes_that_an_interrupted_load_left_out(engine: Engine) -> None:
    interrupt(engine)

    migrate(engine)

    assert missing(engine) == 0


def test_migrating_beside_a_load_leaves_the_indexes_to_it(engine: Engine) -> None:
    with job_lock(engine, "collect"), orders_last(engine, FEWEST_ROWS):
        migrate(engine)

        assert missing(engine) == len(ORDERS)
