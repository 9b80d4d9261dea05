"""The way to the database: its tables are there, and a fault of its is one clear line."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, inspect
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from cinecote.database import connect
from cinecote.exits import CommandError
from cinecote.tables import film_words, films, job_runs, pass_films, predictions, rejections

_MIGRATE = "run cinecote-migrate first"


@contextmanager
def open_database(url: str, *, read_only: bool = False) -> Iterator[Engine]:
    """The migrated database at `url` for the time of the block; CommandError where it isn't there or fails."""
    engine = connect(url, read_only=read_only, sends_files=not read_only)
    try:
        _check_tables(engine)
        yield engine
    except DBAPIError as error:
        cause = error.orig.args[-1] if error.orig and error.orig.args else error.orig
        raise CommandError(f"the database failed: {cause}") from None
    except SQLAlchemyError as error:
        raise CommandError(f"the database failed: {error}") from None
    finally:
        engine.dispose()


def _check_tables(engine: Engine) -> None:
    # SQLite would make an empty file of any name.
    if engine.dialect.name == "sqlite" and not Path(_path(engine)).is_file():
        raise CommandError(f"there is no database at {_path(engine)}: {_MIGRATE}")
    present = set(inspect(engine).get_table_names())
    missing = [
        table.name
        for table in (films, film_words, rejections, job_runs, pass_films, predictions)
        if table.name not in present
    ]
    if missing:
        raise CommandError(f"the database has no table {', '.join(missing)}: {_MIGRATE}")


def _path(engine: Engine) -> str:
    return (engine.url.database or "").removeprefix("file:")
