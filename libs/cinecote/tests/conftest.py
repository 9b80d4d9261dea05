import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from cinecote.database import connect
from cinecote.migrate import migrate
from cinecote.tables import metadata


@pytest.fixture
def sqlite_engine(tmp_path: Path) -> Iterator[Engine]:
    """A migrated, empty SQLite database."""
    yield from _migrated(connect(f"sqlite:///{tmp_path}/cinecote.db"))


@pytest.fixture
def mysql_engine() -> Iterator[Engine]:
    """A migrated, empty MySQL database."""
    url = os.environ.get("CINECOTE_TEST_MYSQL_URL", "")
    if not url:
        pytest.skip("CINECOTE_TEST_MYSQL_URL names no MySQL server")
    engine = connect(url)
    _drop_all(engine)
    yield from _migrated(engine)


@pytest.fixture(params=["sqlite_engine", "mysql_engine"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """A migrated, empty database of each kind."""
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Engine)
    return found


def _migrated(engine: Engine) -> Iterator[Engine]:
    migrate(engine)
    yield engine
    engine.dispose()


def _drop_all(engine: Engine) -> None:
    with engine.begin() as connection:
        metadata.drop_all(connection)
        connection.exec_driver_sql("DROP TABLE IF EXISTS alembic_version")
