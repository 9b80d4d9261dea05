"""Readings of the database: off the event loop, few at a time, and none for long."""

import asyncio
import math
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.pool import ConnectionPoolEntry

from cinecote.database import connect

_THREADS = 4
_MOST_WAITING = 64
_SECONDS_TO_ANSWER = 2.0
_PART_OF_DATABASE = 0.8
_MYSQL_TIMEOUT = 3024
_DEADLINE = "deadline"
_LIMIT = "limit"
_SQLITE_STEPS_BETWEEN_LOOKS = 10_000

log = structlog.stdlib.get_logger(__name__)

Answer = TypeVar("Answer")


class DatabaseAway(Exception):
    """The database isn't there, isn't migrated, or doesn't answer in time."""


class TookTooLong(DatabaseAway):
    """The database is there, but this takes it longer than is allowed."""


class TooMuchAsked(DatabaseAway):
    """Too many readings wait already."""


class DatabaseReader:
    """Runs reading functions on the database at `url`, each in a transaction and for so many seconds at most."""

    def __init__(self, url: str) -> None:
        self._engine = connect(url, read_only=True)
        _bound(self._engine)
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="database")
        self._trouble = False
        self._waiting = 0

    async def read(self, query: Callable[[Connection], Answer], seconds: float = _SECONDS_TO_ANSWER) -> Answer:
        """What `query` gives within `seconds`; TookTooLong or another DatabaseAway where the database doesn't."""
        if self._waiting >= _MOST_WAITING:
            raise TooMuchAsked
        self._waiting += 1
        try:
            return await self._read(query, seconds)
        finally:
            self._waiting -= 1

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._engine.dispose()

    async def _read(self, query: Callable[[Connection], Answer], seconds: float) -> Answer:
        # The database gives up before us, and so says that it is there, even where a busy machine hears it late.
        waiting = self._threads.submit(self._run, query, time.monotonic() + seconds * _PART_OF_DATABASE)
        try:
            async with asyncio.timeout(seconds):
                answer = await asyncio.wrap_future(waiting)
        except (DBAPIError, NoConnection, TimeoutError) as error:
            if _took_too_long(error):
                raise TookTooLong from None
            self._report(error)
            raise DatabaseAway from None
        self._trouble = False
        return answer

    def _run(self, query: Callable[[Connection], Answer], deadline: float) -> Answer:
        with self._engine.connect() as connection:
            connection.info[_DEADLINE] = deadline
            if connection.dialect.name == "sqlite":
                with _interrupted_at(deadline, connection.connection.driver_connection):
                    return query(connection)
            _limit_statements(connection, deadline)
            return query(connection)

    def _report(self, error: Exception) -> None:
        if not self._trouble:
            cause = error.orig if isinstance(error, DBAPIError) else None
            log.warning("the database can't be read", cause=str(cause or type(error).__name__))
        self._trouble = True


def _took_too_long(error: Exception) -> bool:
    cause = error.orig if isinstance(error, DBAPIError) else None
    if isinstance(cause, sqlite3.OperationalError):
        return cause.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT
    return cause is not None and cause.args[:1] == (_MYSQL_TIMEOUT,)


@contextmanager
def _interrupted_at(deadline: float, driver: Any) -> Iterator[None]:
    """SQLite has no time limit of its own; nobody would wait for what runs on after it."""
    driver.set_progress_handler(lambda: time.monotonic() > deadline, _SQLITE_STEPS_BETWEEN_LOOKS)
    try:
        yield
    finally:
        # Or it would interrupt, when its time is over, what the next reading begins with.
        driver.set_progress_handler(None, 0)


def _limit_statements(connection: Connection, deadline: float) -> None:
    # To a twentieth of a second, so that a connection that is used again mostly has its limit already.
    limit = max(1, math.ceil((deadline - time.monotonic()) * 20)) * 50
    if connection.info.get(_LIMIT) != limit:
        connection.exec_driver_sql(f"SET SESSION max_execution_time = {limit}")
        connection.info[_LIMIT] = limit


def _bound(engine: Engine) -> None:
    """Have the server or driver give up, too, on what takes longer than anybody waits."""

    @event.listens_for(engine, "before_cursor_execute")
    def _in_time(connection: Connection, *_statement: object) -> None:
        # A reading has several statements, and each has the server's limit to itself.
        if time.monotonic() > connection.info[_DEADLINE]:
            raise TookTooLong

    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def _sqlite(connection: Any, record: ConnectionPoolEntry) -> None:
            connection.execute(f"PRAGMA busy_timeout = {_SECONDS_TO_ANSWER * 1000:.0f}")
            record.info["file"] = _file(connection)

        @event.listens_for(engine, "checkout")
        def _still_there(connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
            # SQLite would read on for ever in a file that was removed or replaced.
            if _file(connection) != record.info["file"]:
                raise DisconnectionError

        return

    @event.listens_for(engine, "do_connect")
    def _mysql_driver(_dialect: object, _record: object, _arguments: object, options: dict[str, Any]) -> None:
        options.update(connect_timeout=2, read_timeout=3, write_timeout=3)


def _file(connection: Any) -> tuple[int, int] | None:
    """Which file lies at the path that the connection opened, None where there is none."""
    _, _, path = connection.execute("PRAGMA database_list").fetchone()
    try:
        found = Path(path).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
