"""`cinecote-migrate`: brings the database's tables to this version, one process at a time."""

import sys
from argparse import ArgumentParser
from contextlib import suppress
from importlib.resources import files
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from cinecote import exits
from cinecote.database import connect, job_lock, migration_lock, wait_until_reachable
from cinecote.exits import AlreadyRunning
from cinecote.film_orders import make_orders
from cinecote.settings import DatabaseSettings, WaitSettings, read_settings


class MigrateSettings(DatabaseSettings, WaitSettings):
    """Where the tables are, and how long their server may take to answer."""


def migrate(engine: Engine) -> None:
    """Upgrade to the newest revision, and make the indexes that a load left out and was killed.

    Waits for another migration of the same database to end.
    """
    with migration_lock(engine) as connection:
        command.upgrade(migration_config(connection), "head")
    # Where a load leaves them out now, it makes them itself.
    with suppress(AlreadyRunning), job_lock(engine, "collect"):
        make_orders(engine)


def migration_config(connection: Connection | None = None) -> Config:
    """Alembic's configuration for these migrations, run on `connection`."""
    config = Config()
    config.set_main_option("script_location", str(files("cinecote") / "migrations"))
    config.attributes["connection"] = connection
    return config


def newest_revision() -> str | None:
    """The revision that this version's tables are at."""
    return ScriptDirectory.from_config(migration_config()).get_current_head()


def _migrate_configured(optional: bool) -> None:
    settings = read_settings(MigrateSettings)
    engine = connect(settings.database_url.get_secret_value())
    try:
        if engine.dialect.name == "sqlite":
            Path(engine.url.database or "").parent.mkdir(parents=True, exist_ok=True)
        wait_until_reachable(engine, settings.database_wait)
    except (OperationalError, OSError) as error:
        if optional:
            print(f"going on without: {_cause(error)}", file=sys.stderr)
            return
        raise exits.CommandError(f"the database can't be prepared: {_cause(error)}") from None
    try:
        migrate(engine)
    except OperationalError as error:
        raise exits.CommandError(f"the database can't be prepared: {_cause(error)}") from None


def _cause(error: OperationalError | OSError) -> object:
    return error.orig if isinstance(error, OperationalError) else error


def main() -> None:
    parser = ArgumentParser(prog="cinecote-migrate", description="make or upgrade the tables")
    parser.add_argument(
        "--optional",
        action="store_true",
        help="succeed where the database can't be reached: for a service that answers without it",
    )
    optional = parser.parse_args().optional
    sys.exit(exits.run(lambda: _migrate_configured(optional)))
