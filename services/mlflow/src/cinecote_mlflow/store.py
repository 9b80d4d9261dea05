"""The tables that MLflow keeps runs and models in."""

from pathlib import Path

from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import OperationalError

from cinecote.database import connect, wait_until_reachable
from cinecote.exits import CommandError


def prepare(uri: str, seconds: float) -> None:
    """Bring the tables at `uri` to this MLflow's version; CommandError where no server answers within `seconds`."""
    engine = connect(uri)
    if engine.dialect.name == "sqlite":
        Path(engine.url.database or "").parent.mkdir(parents=True, exist_ok=True)
    try:
        wait_until_reachable(engine, seconds)
        _remove_half_made(engine)
    except OperationalError as error:
        raise CommandError(f"the runs' database can't be prepared: {error.orig}") from None
    finally:
        engine.dispose()
    # Imported here, for it takes seconds, and what can't be served should be said at once.
    from mlflow.db import upgrade

    # In this process, for another's arguments could be read by all, password included.
    upgrade.main([uri], standalone_mode=False)


def _remove_half_made(engine: Engine) -> None:
    """Drop tables whose making was killed: MySQL keeps what was made, and MLflow can't go on from there."""
    tables = inspect(engine).get_table_names()
    with engine.begin() as connection:
        # A server's first act is to make the experiment `Default`: without any, none has served yet.
        if "experiments" in tables and connection.scalar(text("SELECT count(*) FROM experiments")):
            return
        quote = engine.dialect.identifier_preparer.quote
        if engine.dialect.name == "mysql":
            connection.execute(text("SET FOREIGN_KEY_CHECKS = 0"))
        for table in tables:
            connection.execute(text(f"DROP TABLE {quote(table)}"))
        if engine.dialect.name == "mysql":
            connection.execute(text("SET FOREIGN_KEY_CHECKS = 1"))
