import multiprocessing
import threading
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, delete, event, func, select, text
from sqlalchemy.exc import OperationalError

from cinecote import database
from cinecote.database import connect, job_lock, migration_lock, now, promotion_lock, write_rows
from cinecote.exits import AlreadyRunning, CommandError, UsageError
from cinecote.migrate import migrate, newest_revision
from cinecote.tables import film_scores, films, metadata


def film(source_id: str, title: str = "Été", **facts: Any) -> dict[str, Any]:
    return {
        "source": "sample", "source_id": source_id, "title": title, "genres": ["Drama"], "status": "Released",
        "content_hash": "0", "fetched_at": now(), **facts,
    }  # fmt: skip


def titles(engine: Engine) -> dict[str, str]:
    with engine.connect() as connection:
        rows = connection.execute(select(films.c.source_id, films.c.title))
        return {row.source_id: row.title for row in rows}


def test_the_migrations_make_exactly_the_tables(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})

        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == newest_revision()


def test_migrating_again_keeps_the_rows(engine: Engine) -> None:
    with engine.begin() as connection:
        write_rows(connection, films, [film("1")])

    migrate(engine)

    assert titles(engine) == {"1": "Été"}


def test_an_upsert_changes_the_named_columns_of_the_rows_that_stand(engine: Engine) -> None:
    with engine.begin() as connection:
        write_rows(connection, films, [film("1"), film("2")])
        write_rows(connection, films, [film("2", "Hiver"), film("3")], updated=["title"])

    assert titles(engine) == {"1": "Été", "2": "Hiver", "3": "Été"}


def test_an_insert_that_updates_nothing_keeps_the_rows_that_stand(engine: Engine) -> None:
    with engine.begin() as connection:
        write_rows(connection, films, [film("1")])
        write_rows(connection, films, [film("1", "Hiver"), film("2")])

    assert titles(engine) == {"1": "Été", "2": "Été"}


def score(film_id: int, version: str) -> dict[str, Any]:
    return {
        "film_id": film_id, "model": "m", "version": version, "category": "médiocre", "probabilities": [0.5, 0.3, 0.2],
        "content_hash": "0", "scored_at": now(),
    }  # fmt: skip


def test_an_upsert_finds_the_row_by_the_primary_key_where_nothing_else_is_unique(engine: Engine) -> None:
    with engine.begin() as connection:
        write_rows(connection, films, [film("1"), film("2")])
        first, second = connection.scalars(select(films.c.id).order_by(films.c.id))
        write_rows(connection, film_scores, [score(first, "1")])
        write_rows(connection, film_scores, [score(first, "2"), score(second, "2")], updated=["version"])
        found = connection.execute(select(film_scores.c.film_id, film_scores.c.version, film_scores.c.probabilities))

        assert sorted(found) == [(first, "2", [0.5, 0.3, 0.2]), (second, "2", [0.5, 0.3, 0.2])]


def test_a_films_scores_go_with_it(engine: Engine) -> None:
    with engine.begin() as connection:
        write_rows(connection, films, [film("1"), film("2")])
        first, second = connection.scalars(select(films.c.id).order_by(films.c.id))
        write_rows(connection, film_scores, [score(first, "1"), score(second, "1")])

        connection.execute(delete(films).where(films.c.id == first))

        assert list(connection.scalars(select(film_scores.c.film_id))) == [second]


def test_an_accent_or_a_blank_makes_another_title(engine: Engine) -> None:
    with engine.begin() as connection:
        write_rows(connection, films, [film("1", "ete"), film("2", "été"), film("3", "ete ")])

    with engine.connect() as connection:
        found = connection.scalar(select(func.count()).where(films.c.title == "ete"))

    assert found == 1


def test_money_beyond_32_bits_is_kept(engine: Engine) -> None:
    with engine.begin() as connection:
        write_rows(connection, films, [film("1", revenue=100_000_000_000)])

    with engine.connect() as connection:
        assert connection.scalar(select(films.c.revenue)) == 100_000_000_000


def test_a_second_holder_of_a_job_s_lock_is_turned_away_at_once(engine: Engine) -> None:
    with job_lock(engine, "collect"):
        with pytest.raises(AlreadyRunning), job_lock(engine, "collect"):
            pass
        with job_lock(engine, "train"):
            pass

    with job_lock(engine, "collect"):
        pass


def test_a_lock_is_the_same_for_a_holder_that_may_not_make_the_database(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'cinecote.db'}"
    migrate(connect(url))

    with (
        job_lock(connect(url, create=False), "promotion"),
        pytest.raises(AlreadyRunning),
        job_lock(connect(url), "promotion"),
    ):
        pass


def _hold_until_killed(url: str, held: Any) -> None:
    with job_lock(connect(url), "collect"):
        held.set()
        multiprocessing.Event().wait()


def test_a_lock_ends_with_its_holder(engine: Engine) -> None:
    spawn = multiprocessing.get_context("spawn")
    held = spawn.Event()
    url = engine.url.render_as_string(hide_password=False)
    holder = spawn.Process(target=_hold_until_killed, args=(url, held))
    holder.start()
    assert held.wait(60)
    with pytest.raises(AlreadyRunning), job_lock(engine, "collect"):
        pass

    holder.kill()
    holder.join()

    _take_within_seconds(engine)


def test_a_lock_is_held_for_longer_than_a_server_lets_a_connection_be_silent(mysql_engine: Engine) -> None:
    holding = connect(mysql_engine.url.render_as_string(hide_password=False))

    @event.listens_for(holding, "connect")
    def _end_when_silent(connection: Any, _record: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET SESSION wait_timeout = 1")

    with job_lock(holding, "collect"), holding.connect() as silent, mysql_engine.connect() as watching:
        number = silent.scalar(text("SELECT CONNECTION_ID()"))
        ended = text("SELECT COUNT(*) = 0 FROM information_schema.processlist WHERE id = :number")
        while not watching.scalar(ended, {"number": number}):
            pass
        silent.invalidate()

        with pytest.raises(AlreadyRunning), job_lock(mysql_engine, "collect"):
            pass


def test_a_lock_that_ended_early_is_no_failure_of_what_was_done_under_it(
    mysql_engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    others = text("SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND db = DATABASE()")
    mysql_engine.dispose()

    with job_lock(mysql_engine, "collect"), mysql_engine.connect() as connection:
        for number in list(connection.scalars(others)):
            connection.exec_driver_sql(f"KILL {number}")

    assert "the lock had ended" in capsys.readouterr().out


def test_a_lock_is_waited_for_in_parts_that_are_shorter_than_an_answer_may_take(
    mysql_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_SECONDS_TO_ANSWER", 4)
    monkeypatch.setattr(database, "_SECONDS_A_WAIT", 1)
    waiting = connect(mysql_engine.url.render_as_string(hide_password=False))
    asked: list[str] = []
    enough = threading.Event()

    @event.listens_for(waiting, "before_cursor_execute")
    def _note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)
        if sum("GET_LOCK" in each for each in asked) > 5:
            enough.set()

    def hold(held: threading.Event) -> None:
        with promotion_lock(mysql_engine, wait=False):
            held.set()
            enough.wait(60)

    held = threading.Event()
    holder = threading.Thread(target=hold, args=(held,))
    holder.start()
    assert held.wait(60)

    with promotion_lock(waiting, wait=True):
        assert enough.is_set()
    holder.join()
    waiting.dispose()


def test_a_migration_s_statement_may_take_longer_than_an_answer(
    mysql_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_SECONDS_TO_ANSWER", 1)
    migrating = connect(mysql_engine.url.render_as_string(hide_password=False))

    with migration_lock(migrating) as connection:
        assert connection.scalar(text("SELECT SLEEP(3)")) == 0
    migrating.dispose()


def _take_within_seconds(engine: Engine) -> None:
    """MySQL notices a lost connection a moment after the process is gone."""
    deadline = now().timestamp() + 10
    while True:
        try:
            with job_lock(engine, "collect"):
                return
        except AlreadyRunning:
            assert now().timestamp() < deadline


def test_a_read_only_connection_can_change_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/cinecote.db"
    migrate(connect(url))

    reader = connect(url, read_only=True)

    with reader.begin() as connection, pytest.raises(OperationalError, match="readonly"):
        write_rows(connection, films, [film("1")])


def test_a_read_only_connection_makes_no_file(tmp_path: Path) -> None:
    reader = connect(f"sqlite:///{tmp_path}/absent.db", read_only=True)

    with pytest.raises(OperationalError):
        reader.connect()

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["nonsense", "postgresql://localhost/x", "sqlite://", "sqlite:///:memory:"])
def test_an_address_of_no_usable_database_is_a_usage_error(url: str) -> None:
    with pytest.raises(UsageError):
        connect(url)


def test_a_lock_that_can_t_be_made_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    engine = connect(f"sqlite:///{tmp_path}/file/cinecote.db")

    with pytest.raises(CommandError, match="no lock can be made"), job_lock(engine, "collect"):
        pass
