import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from cinecote.database import connect
from cinecote.migrate import migrate
from cinecote.tables import metadata


@pytest.fixture(params=["sqlite", "mysql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A migrated, empty database of each kind."""
    url = f"sqlite:///{tmp_path}/cinecote.db"
    if request.param == "mysql":
        url = os.environ.get("CINECOTE_TEST_MYSQL_URL", "")
        if not url:
            pytest.skip("CINECOTE_TEST_MYSQL_URL names no MySQL server")
    engine = connect(url)
    if request.param == "mysql":
        _drop_all(engine)
    migrate(engine)
    yield engine
    engine.dispose()


def _drop_all(engine: Engine) -> None:
    with engine.begin() as connection:
        metadata.drop_all(connection)
        connection.exec_driver_sql("DROP TABLE IF EXISTS alembic_version")
