"""The server as its command starts it."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, inspect, make_url, text
from sqlalchemy.exc import OperationalError
from tests.ports import free_port

COMMAND = Path(sys.executable).with_name("cinecote-mlflow")


def environment(folder: Path, **variables: str) -> dict[str, str]:
    return os.environ | {
        "MLFLOW_BACKEND_STORE_URI": f"sqlite:///{folder}/store/mlflow.db",
        "MLFLOW_ARTIFACTS_DESTINATION": str(folder / "artifacts"),
        **variables,
    }


@contextmanager
def serving(folder: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    port = free_port()
    with subprocess.Popen(
        [COMMAND],
        env=environment(folder, CINECOTE_MLFLOW_PORT=str(port), MLFLOW_SERVER_ALLOWED_HOSTS="runs:*,127.0.0.1:*"),
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            wait_until_it_answers(server, port)
            yield server, port
        finally:
            server.terminate()


def wait_until_it_answers(server: subprocess.Popen[str], port: int) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and server.poll() is None:
        try:
            status(port, "/health", "127.0.0.1")
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail("the server never answered")


def status(port: int, path: str, host: str) -> int:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Host": f"{host}:{port}"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_on_tables_of_an_older_version_it_serves_to_the_hosts_that_it_is_told_and_ends_when_told(
    tmp_path: Path,
) -> None:
    database = tmp_path / "store" / "mlflow.db"
    newest = make_older_store(database)
    older = revision(database)
    search = "/api/2.0/mlflow/registered-models/search"
    with serving(tmp_path) as (server, port):
        answers = {host: status(port, search, host) for host in ("runs", "127.0.0.1", "elsewhere")}

        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)

    assert answers == {"runs": 200, "127.0.0.1": 200, "elsewhere": 403}
    assert older != newest
    assert revision(database) == newest
    assert "kept" in experiments(database)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port)).close()


@pytest.fixture(params=["sqlite", "mysql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty store of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/store/mlflow.db"
    url = os.environ.get("CINECOTE_TEST_MYSQL_URL", "")
    if not url:
        pytest.skip("CINECOTE_TEST_MYSQL_URL names no MySQL server")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS cinecote_test_mlflow"))
        connection.execute(text("CREATE DATABASE cinecote_test_mlflow"))
    engine.dispose()
    return make_url(url).set(database="cinecote_test_mlflow").render_as_string(hide_password=False)


def test_killed_while_its_tables_are_made_it_makes_them_when_it_is_started_again(store: str) -> None:
    code = "import sys; from cinecote_mlflow.store import prepare; prepare(sys.argv[1], 0)"
    preparing = [sys.executable, "-c", code, store]
    with subprocess.Popen(preparing, stderr=subprocess.DEVNULL) as killed:
        engine = create_engine(store)
        while killed.poll() is None and count_tables(engine) < 20:
            pass
        killed.kill()

    subprocess.run(preparing, check=True, capture_output=True, timeout=120)

    assert killed.returncode == -signal.SIGKILL
    assert count_tables(engine) > 45
    engine.dispose()


def count_tables(engine: Engine) -> int:
    try:
        return len(inspect(engine).get_table_names())
    except OperationalError:
        return 0


OLDER = """
import sqlite3
import sys
from alembic import command
from alembic.script import ScriptDirectory
from mlflow.db import upgrade
from mlflow.store.db.utils import _get_alembic_config
configured = _get_alembic_config(sys.argv[1])
upgrade.main([sys.argv[1]], standalone_mode=False)
command.downgrade(configured, "-1")
with sqlite3.connect(configured.get_main_option("sqlalchemy.url").removeprefix("sqlite:///")) as database:
    database.execute("INSERT INTO experiments (name, lifecycle_stage) VALUES ('kept', 'active')")
print(ScriptDirectory.from_config(configured).get_current_head())
"""


def make_older_store(database: Path) -> str:
    """The tables as MLflow makes them, but for their newest revision, and used: which revision that is."""
    database.parent.mkdir()
    made = subprocess.run(
        [sys.executable, "-c", OLDER, f"sqlite:///{database}"], check=True, capture_output=True, text=True, timeout=120
    )
    return made.stdout.split()[-1]


def experiments(database: Path) -> set[str]:
    with sqlite3.connect(database) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM experiments")}


def revision(database: Path) -> str:
    with sqlite3.connect(database) as connection:
        return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("CINECOTE_MLFLOW_PORT", "many", 2),
        ("MLFLOW_SERVER_ALLOWED_HOSTS", "a b", 2),
        ("MLFLOW_BACKEND_STORE_URI", "postgresql://runs:secret-word@127.0.0.1:1/runs", 2),
        ("MLFLOW_BACKEND_STORE_URI", "mysql+pymysql://runs:secret-word@127.0.0.1:1/runs", 1),
    ],
)
def test_what_cannot_be_served_is_said_in_one_line_without_secrets(
    tmp_path: Path, name: str, value: str, code: int
) -> None:
    said = subprocess.run(
        [COMMAND], env=environment(tmp_path, **{name: value}), capture_output=True, text=True, timeout=60, check=False
    )

    assert said.returncode == code
    assert len(said.stderr.splitlines()) == 1
    assert "secret-word" not in said.stderr
