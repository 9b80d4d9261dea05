from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from cinecote.database import connect
from cinecote.exits import CommandError
from cinecote_train.access import open_database


def test_a_missing_database_is_said_and_not_made(tmp_path: Path) -> None:
    missing = tmp_path / "none.db"

    with pytest.raises(CommandError, match="cinecote-migrate"), open_database(f"sqlite:///{missing}"):
        pass

    assert not missing.exists()


def test_a_database_without_tables_is_said(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/empty.db"
    engine = connect(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE other (id INTEGER)"))
    engine.dispose()

    with pytest.raises(CommandError, match="cinecote-migrate"), open_database(url):
        pass


def test_a_database_without_the_newest_tables_is_said(site: Any) -> None:
    with site.engine.begin() as connection:
        connection.execute(text("DROP TABLE film_scores"))

    with pytest.raises(CommandError, match="older"), open_database(site.settings.database_url.get_secret_value()):
        pass


def test_a_database_that_fails_under_way_is_said_in_one_line(site: Any) -> None:
    url = site.settings.database_url.get_secret_value()

    with pytest.raises(CommandError) as failure, open_database(url) as engine, engine.begin() as connection:
        connection.execute(text("SELECT * FROM actors"))

    assert str(failure.value) == "the database fails: no such table: actors"
