"""`cinecote-migrate`: brings the database's tables to this version, one process at a time."""

import sys
from importlib.resources import files
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from cinecote import exits
from cinecote.database import connect, migration_lock
from cinecote.settings import DatabaseSettings, read_settings


def migrate(engine: Engine) -> None:
    """Upgrade to the newest revision; waits for another migration of the same database to end."""
    config = _config()
    with migration_lock(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def newest_revision() -> str | None:
    """The revision that this version's tables are at."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("cinecote") / "migrations"))
    return config


def _migrate_configured() -> None:
    settings = read_settings(DatabaseSettings)
    engine = connect(settings.database_url.get_secret_value())
    try:
        if engine.dialect.name == "sqlite":
            Path(engine.url.database or "").parent.mkdir(parents=True, exist_ok=True)
        migrate(engine)
    except (OperationalError, OSError) as error:
        cause = error.orig if isinstance(error, OperationalError) else error
        raise exits.CommandError(f"the database can't be prepared: {cause}") from None


def main() -> None:
    sys.exit(exits.run(_migrate_configured))
