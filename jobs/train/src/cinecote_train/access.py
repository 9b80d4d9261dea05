"""The way to the database: its tables are there, and a fault of its is one clear line."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, inspect
from sqlalchemy.exc import DBAPIError

from cinecote.database import connect
from cinecote.exits import CommandError
from cinecote.tables import film_scores, films, job_runs, promotions, searches

_NEEDED = {table.name for table in (films, job_runs, promotions, film_scores, searches)}


@contextmanager
def open_database(url: str) -> Iterator[Engine]:
    """The migrated database at `url` for the time of the block; CommandError where it isn't there or fails."""
    engine = connect(url)
    try:
        _check_migrated(engine)
        yield engine
    except DBAPIError as error:
        raise CommandError(f"the database fails: {error.orig}") from None
    finally:
        engine.dispose()


def _check_migrated(engine: Engine) -> None:
    # Connecting would leave an empty file behind.
    if engine.dialect.name == "sqlite" and not Path(engine.url.database or "").is_file():
        raise CommandError("there is no database yet; type cinecote-migrate, then cinecote-collect sample")
    if _NEEDED.difference(inspect(engine).get_table_names()):
        raise CommandError("the database's tables aren't there, or are older than this program; type cinecote-migrate")
