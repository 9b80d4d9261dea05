"""The database, MySQL or SQLite: connections, upserts, and one lock a job."""

import fcntl
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, Insert, Table, UniqueConstraint, create_engine, event, text
from sqlalchemy.dialects import mysql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from cinecote.exits import AlreadyRunning, CommandError, UsageError

_SECONDS_TO_CONNECT = 5
_SECONDS_TO_ANSWER = 30
_SECONDS_BETWEEN_TRIES = 0.5
_SECONDS_A_WAIT = 10
_SECONDS_HELD = 7 * 24 * 3600
"""Longer than any run; a holder whose machine is gone is found out by TCP's own questions, in some two hours."""
_CACHE_KIB = 64 * 1024
_LOG_PAGES = 16_384

log = structlog.stdlib.get_logger(__name__)


def connect(
    url: str, *, read_only: bool = False, create: bool = True, patient: bool = False, sends_files: bool = False
) -> Engine:
    """An engine on `url`, of the kinds `sqlite:///path` and `mysql+pymysql://…`; nothing is opened yet.

    With `read_only`, SQLite's file is opened so that no statement can change it; on MySQL that is the user's rights.
    Without `create`, SQLite's file has to be there. A `patient` one waits for a statement as long as that takes.
    One that `sends_files` sends MySQL the files that it asks for in LOAD DATA LOCAL: only for a server that is trusted.
    """
    parsed = _parse(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed, read_only, create)
    return create_engine(
        parsed.set(drivername="mysql+pymysql").update_query_dict({"charset": "utf8mb4"}),
        pool_pre_ping=True,
        pool_recycle=1800,
        isolation_level="READ COMMITTED",
        # By position, so that a compiled statement takes rows as they are (see collect).
        paramstyle="format",
        connect_args={
            "connect_timeout": _SECONDS_TO_CONNECT,
            "read_timeout": None if patient else _SECONDS_TO_ANSWER,
            "local_infile": sends_files,
            "write_timeout": _SECONDS_TO_ANSWER,
            "init_command": "SET time_zone = '+00:00'",
        },
    )


def wait_until_reachable(engine: Engine, seconds: float) -> None:
    """Return as soon as the server answers; its own error where it doesn't within `seconds`, tried at least once."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            with engine.connect():
                return
        except OperationalError:
            if time.monotonic() > deadline:
                raise
        time.sleep(_SECONDS_BETWEEN_TRIES)


def now() -> datetime:
    """This moment in UTC, without an offset, as the tables keep it."""
    return datetime.now(UTC).replace(tzinfo=None)


def upsert(table: Table, dialect: str, updated: Sequence[str]) -> Insert:
    """INSERT that, where a row with the same unique key stands, sets its `updated` columns or, with none, keeps it."""
    if dialect == "mysql":
        statement = mysql.insert(table)
        if not updated:
            return statement.prefix_with("IGNORE")
        return statement.on_duplicate_key_update({name: statement.inserted[name] for name in updated})
    insert = sqlite.insert(table)
    if not updated:
        return insert.on_conflict_do_nothing()
    unique = next((key for key in table.constraints if isinstance(key, UniqueConstraint)), table.primary_key)
    return insert.on_conflict_do_update(
        index_elements=list(unique.columns), set_={name: insert.excluded[name] for name in updated}
    )


def write_rows(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], updated: Sequence[str] = ()
) -> None:
    """Upsert `rows` in as few statements as the server takes (see `upsert`)."""
    if rows:
        connection.execute(upsert(table, connection.dialect.name, updated), rows)


@contextmanager
def job_lock(engine: Engine, job: str) -> Iterator[None]:
    """Hold the lock of `job` for the time of the block; AlreadyRunning at once where another process holds it.

    The lock ends with its holder, however that ends.
    """
    held = _file_lock(engine, job) if engine.dialect.name == "sqlite" else _mysql_lock(engine, job)
    with held:
        yield


@contextmanager
def promotion_lock(engine: Engine, *, wait: bool) -> Iterator[None]:
    """Hold the right to move the champion's alias and to write down why, which takes seconds, for the block.

    AlreadyRunning where another process holds it; with `wait`, on MySQL only after a minute.
    """
    if engine.dialect.name == "sqlite":
        held = _file_lock(engine, "promotion", wait=wait)
    else:
        held = _mysql_lock(engine, "promotion", seconds=60 if wait else 0)
    with held:
        yield


@contextmanager
def migration_lock(engine: Engine) -> Iterator[Connection]:
    """A connection that holds the lock of migrations; waits for another to end, on MySQL up to a minute."""
    if engine.dialect.name == "sqlite":
        with _file_lock(engine, "migration", wait=True), engine.connect() as connection:
            yield connection
            connection.commit()
    else:
        # Making an index of a large table takes minutes.
        with _mysql_lock(engine, "migration", seconds=60), patient_connection(engine) as connection:
            yield connection
            connection.commit()


@contextmanager
def patient_connection(engine: Engine) -> Iterator[Connection]:
    """A connection of its own to the database of `engine`, for statements that may take many minutes."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            # Not given back: what is set on it ends with it.
            connection.detach()
            yield connection
        return
    own = connect(engine.url.render_as_string(hide_password=False), patient=True)
    try:
        with own.connect() as connection:
            yield connection
    finally:
        own.dispose()


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise UsageError("DATABASE_URL is not a database's address (sqlite:///path or mysql+pymysql://…)") from None
    if parsed.get_backend_name() not in ("sqlite", "mysql"):
        raise UsageError(f"DATABASE_URL: {parsed.get_backend_name()} is not supported; use sqlite or mysql")
    if parsed.get_backend_name() == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise UsageError("DATABASE_URL: a database in memory is not shared; name a file (sqlite:///path)")
    return parsed


def _sqlite(url: URL, read_only: bool, create: bool) -> Engine:
    path = Path(url.database or "").absolute()
    if read_only or not create:
        mode = "ro" if read_only else "rw"
        url = URL.create("sqlite", database=f"file:{path}", query={"mode": mode, "uri": "true"})
    engine = create_engine(url, connect_args={"timeout": _SECONDS_TO_ANSWER})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA foreign_keys = ON")
        if read_only:
            connection.execute("PRAGMA query_only = ON")
        else:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            # By default 2 MB of pages are kept and the log is written back every 4 MB: a bulk load, whose search words
            # fall anywhere in their index, would write each page dozens of times.
            connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            connection.execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")

    return engine


@contextmanager
def _file_lock(engine: Engine, job: str, wait: bool = False) -> Iterator[None]:
    # Where the file may not be made, its name stands behind a scheme (see `_sqlite`): the lock is the same either way.
    database = (engine.url.database or "").removeprefix("file:")
    path = Path(f"{database}.{job}.lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = path.open("w")
    except OSError as error:
        raise CommandError(f"no lock can be made beside the database: {error}") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            raise AlreadyRunning(f"another {job} is running on this database") from None
        yield


@contextmanager
def _mysql_lock(engine: Engine, job: str, seconds: int = 0) -> Iterator[None]:
    # GET_LOCK's names are the server's, not the database's, and hold 64 characters at most.
    name = f"{engine.url.database}.{job}"[:64]
    with engine.connect() as connection:
        # Not given back: what is set on it ends with it.
        connection.detach()
        # It has nothing to say until the run is over, and the server ends what is silent for eight hours, the lock too.
        connection.execute(text("SET SESSION wait_timeout = :seconds"), {"seconds": _SECONDS_HELD})
        if not _taken(connection, name, seconds):
            raise AlreadyRunning(f"another {job} is running on this database")
        try:
            yield
        except BaseException:
            # What ended the work may have ended the lock too, and is told by itself.
            _released(connection, name)
            raise
        if not _released(connection, name):
            # The work is done all the same.
            log.warning("the lock had ended before the work under it", lock=name)


def _taken(connection: Connection, name: str, seconds: int) -> bool:
    """Whether the lock was to be had within `seconds`."""
    while True:
        # In parts that end before the connection is taken for dead.
        part = min(seconds, _SECONDS_A_WAIT)
        if connection.scalar(text("SELECT GET_LOCK(:name, :seconds)"), {"name": name, "seconds": part}) == 1:
            return True
        seconds -= part
        if not seconds:
            return False


def _released(connection: Connection, name: str) -> bool:
    """Whether the lock was still held, which it isn't any more."""
    try:
        return bool(connection.scalar(text("SELECT RELEASE_LOCK(:name)"), {"name": name}) == 1)
    except DBAPIError:
        return False
