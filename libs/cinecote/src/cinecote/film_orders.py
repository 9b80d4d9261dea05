"""The indexes of the films' orders, which a large first load leaves out until its end (docs/adr/0021)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

import structlog
from sqlalchemy import Connection, Engine, Index, inspect, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.schema import CreateIndex, DropIndex

from cinecote.database import patient_connection
from cinecote.tables import ORDERS, films

FEWEST_ROWS = 100_000
ROWS_A_STORED_FILM = 10
_SORTING = {
    "sqlite": (
        # What is beyond these KiB is sorted in a temporary file, so that memory doesn't grow with the table.
        "PRAGMA cache_size = -65536",
        "PRAGMA temp_store = FILE",
        "PRAGMA threads = 2",
    ),
    "mysql": (
        "SET SESSION innodb_ddl_buffer_size = 67108864",
        # Whoever waits to change a table keeps others from reading it; the default is to wait for a year.
        "SET SESSION lock_wait_timeout = 60",
    ),
}

log = structlog.stdlib.get_logger(__name__)


@contextmanager
def orders_last(engine: Engine, rows: int) -> Iterator[None]:
    """Load some `rows` films in the block, which ends with every order's index there, whoever left it out.

    Where the rows are many and the films stored few, the indexes are left out meanwhile: putting each film in its
    place in all of them costs more than sorting them once. The caller holds the lock of collect. A run that is
    interrupted leaves them to the next one or to `cinecote-migrate`, since it is to stop within seconds.
    """
    if rows >= FEWEST_ROWS and _holds_fewer_than(engine, rows // ROWS_A_STORED_FILM):
        _drop_orders(engine)
    try:
        yield
    except Exception:
        # What made the block fail is what its caller has to hear of.
        with suppress(SQLAlchemyError):
            make_orders(engine)
        raise
    make_orders(engine)


def missing_orders(connection: Connection) -> list[Index]:
    """The indexes of orders that aren't there."""
    present = {found["name"] for found in inspect(connection).get_indexes(films.name)}
    return [order for order in ORDERS if order.name not in present]


def make_orders(engine: Engine) -> None:
    """Make the indexes that are missing; readers go on meanwhile. Killed at any point, an index is whole or absent."""
    with patient_connection(engine) as connection:
        if missing := missing_orders(connection):
            log.info("making the indexes of the films' orders", indexes=len(missing))
            _alter(connection, [CreateIndex(order) for order in missing])


def _drop_orders(engine: Engine) -> None:
    with patient_connection(engine) as connection:
        missing = {order.name for order in missing_orders(connection)}
        # A run that was killed before may have left all of them out.
        if present := [order for order in ORDERS if order.name not in missing]:
            log.info("leaving out the indexes of the films' orders until the films are loaded")
            _alter(connection, [DropIndex(order) for order in present])


def _alter(connection: Connection, statements: Sequence[CreateIndex | DropIndex]) -> None:
    for preparation in _SORTING[connection.dialect.name]:
        connection.exec_driver_sql(preparation)
    connection.commit()
    # One after the other: all at once, MySQL would need room to sort all of them.
    for statement in statements:
        connection.execute(statement)
        connection.commit()


def _holds_fewer_than(engine: Engine, count: int) -> bool:
    with engine.connect() as connection:
        return connection.execute(select(films.c.id).offset(count).limit(1)).first() is None
