"""Settings, exits, logs, the migrate command: what every process begins and ends with."""

import json
import os
import subprocess
import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from cinecote import database, exits
from cinecote.settings import DatabaseSettings, LabelSettings, read_settings


def raises(error: BaseException) -> int:
    def command() -> None:
        raise error

    return exits.run(command)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (exits.CommandError("no"), 1),
        (exits.UsageError("no"), 2),
        (exits.AlreadyRunning("no"), 3),
        (exits.Refused("no"), 4),
        (KeyboardInterrupt(), 130),
    ],
)
def test_each_end_has_its_exit_code_and_one_line(
    error: BaseException, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert raises(error) == code

    assert capsys.readouterr().err.count("\n") == 1


def test_work_that_is_done_exits_with_0() -> None:
    assert exits.run(lambda: None) == 0


def test_settings_come_from_the_environment_and_blank_means_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CINECOTE_THRESHOLD_MOYEN", "5.5")
    monkeypatch.setenv("CINECOTE_THRESHOLD_BIEN", "")

    settings = read_settings(LabelSettings)

    assert (settings.threshold_moyen, settings.threshold_bien) == (5.5, 7.0)


def test_an_unusable_setting_is_named_and_its_value_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CINECOTE_MINIMUM_VOTES", "secret")

    with pytest.raises(exits.UsageError, match="CINECOTE_MINIMUM_VOTES") as refused:
        read_settings(LabelSettings)

    assert "secret" not in str(refused.value)


def test_a_password_in_an_address_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql+pymysql://u:secret@h/d")

    assert "secret" not in repr(read_settings(DatabaseSettings))


LOG = """
import logging
from cinecote.logs import configure_logs
import structlog
configure_logs("api", "INFO", "json")
structlog.get_logger("x").info("started", port=8000, film="Été")
logging.getLogger("other").warning("old style %s", "é")
try:
    1 / 0
except ZeroDivisionError:
    structlog.get_logger("x").exception("failed")
"""


def test_logs_are_json_lines_whoever_writes_them() -> None:
    done = subprocess.run([sys.executable, "-c", LOG], capture_output=True, text=True, check=True)

    ours, theirs, failure = map(json.loads, done.stderr.splitlines())
    assert (ours["event"], ours["port"], ours["film"], ours["component"]) == ("started", 8000, "Été", "api")
    assert (theirs["event"], theirs["level"], theirs["component"]) == ("old style é", "warning", "api")
    assert "ZeroDivisionError" in failure["exception"]
    assert done.stdout == ""


def migrate(url: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from cinecote.migrate import main; main()"]
    return subprocess.run(command, env={**os.environ, "DATABASE_URL": url}, capture_output=True, text=True, check=False)


def test_migrate_makes_the_database_and_its_folder(tmp_path: Path) -> None:
    for _ in range(2):
        done = migrate(f"sqlite:///{tmp_path}/var/cinecote.db")

        assert (done.returncode, done.stderr) == (0, "")

    assert (tmp_path / "var/cinecote.db").exists()


@pytest.mark.parametrize("url", ["sqlite:////proc/nowhere/cinecote.db", "mysql+pymysql://u:p@127.0.0.1:1/d"])
def test_migrate_says_in_one_line_that_the_database_is_out_of_reach(url: str) -> None:
    done = migrate(url)

    assert done.returncode == 1
    assert done.stderr.startswith("error: the database can't be prepared")
    assert done.stderr.count("\n") == 1


def migrate_where_nothing_answers(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"DATABASE_URL": "mysql+pymysql://x:secret@127.0.0.1:1/x"}
    return subprocess.run(
        [Path(sys.executable).with_name("cinecote-migrate"), *arguments],
        env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(("arguments", "code"), [((), 1), (("--optional",), 0)])
def test_a_database_that_does_not_answer_is_said_and_fails_unless_it_is_optional(
    arguments: tuple[str, ...], code: int
) -> None:
    said = migrate_where_nothing_answers(*arguments)

    assert said.returncode == code
    assert len(said.stderr.splitlines()) == 1
    assert "127.0.0.1" in said.stderr
    assert "secret" not in said.stderr


def test_a_database_that_comes_up_later_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    tries = iter([OperationalError("", None, Exception("not yet")), OperationalError("", None, Exception("nor yet"))])

    class Server:
        tried = 0

        def connect(self) -> AbstractContextManager[None]:
            self.tried += 1
            for error in tries:
                raise error
            return nullcontext()

    monkeypatch.setattr(database, "_SECONDS_BETWEEN_TRIES", 0)
    server = Server()

    database.wait_until_reachable(cast(Engine, server), seconds=60)

    assert server.tried == 3
