import csv
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Executable, select, text
from tests.fake_tmdb.running import FakeTmdb, running
from tests.migrated_database import migrated

from cinecote.database import connect
from cinecote.migrate import migrate
from cinecote.tables import film_words, films, job_runs, metadata, rejections
from cinecote_collect.main import main

from .copies import run_in_copy

# Half an hour: `make soak` asks for it.
collect_ignore = [] if os.environ.get("CINECOTE_SOAK") else ["test_tmdb_soak.py"]

BATCH_ROWS = 50
FAST = {"CINECOTE_TMDB_REQUESTS_PER_SECOND": "500"}
"""For what the pace is nothing to."""
# A day of its own: a server that starts after midnight would have other films.
_TMDB = {"films": 300, "limit": 500, "today": datetime.now(UTC).date()}
SAMPLE_COLUMNS = "title release_date budget revenue runtime vote_count vote_average genre certificate".split()

_FILMS = select(films).with_only_columns(*(c for c in films.c if c.name not in ("id", "fetched_at", "expires_at")))
_WORDS = select(film_words.c.word, films.c.source, films.c.source_id).join_from(film_words, films)
_REJECTIONS = select(rejections).with_only_columns(*(c for c in rejections.c if c.name not in ("id", "rejected_at")))
_LAST_RUN = select(job_runs.c.counts).order_by(job_runs.c.id.desc()).limit(1)


@dataclass(frozen=True)
class Site:
    """A folder for files, a database, and the command on it."""

    folder: Path
    url: str

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "DATABASE_URL": self.url, "CINECOTE_COLLECT_BATCH_ROWS": str(BATCH_ROWS)}

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-c", "from cinecote_collect.main import main; main()", *arguments]

    def run(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        return run_in_copy(main, arguments, {**self.environment, **settings})

    def typed(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """As `run`, in a process that has all to import: for what has threads beside it."""
        return subprocess.run(
            self.command(*arguments),
            env={**self.environment, **settings},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def start(self, *arguments: str, **settings: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(*arguments),
            env={**self.environment, **settings},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def migrate(self) -> None:
        engine = connect(self.url)
        if engine.dialect.name == "mysql":
            with engine.begin() as connection:
                metadata.drop_all(connection)
                connection.exec_driver_sql("DROP TABLE IF EXISTS alembic_version")
        migrate(engine)
        engine.dispose()

    def rows(self, query: str | Executable) -> list[tuple[Any, ...]]:
        engine = connect(self.url)
        with engine.connect() as connection:
            found = connection.execute(text(query) if isinstance(query, str) else query)
            rows = [tuple(row) for row in found]
        engine.dispose()
        return rows

    def counts(self) -> list[int]:
        """Read, new, changed, unchanged, rejected of the last run."""
        ((counts,),) = self.rows(_LAST_RUN)
        return [counts[name] for name in ("read", "new", "changed", "unchanged", "rejected")]

    def content(self) -> list[list[str]]:
        """All that is stored, but for times and the numbers that the server gives."""
        return [sorted(map(repr, self.rows(query))) for query in (_FILMS, _WORDS, _REJECTIONS)]

    def write(self, name: str, rows: Sequence[Sequence[Any]], columns: Sequence[str] = SAMPLE_COLUMNS) -> str:
        path = self.folder / name
        with path.open("w", newline="") as file:
            csv.writer(file).writerows([columns, *rows])
        return str(path)


def _new_site(folder: Path) -> Site:
    """In `folder`, on an empty SQLite database."""
    (folder / "films.db").write_bytes(migrated())
    return Site(folder, f"sqlite:///{folder}/films.db")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """On an empty SQLite database."""
    return _new_site(tmp_path)


@pytest.fixture
def mysql_site(tmp_path: Path) -> Site:
    """On an empty MySQL database."""
    url = os.environ.get("CINECOTE_TEST_MYSQL_URL", "")
    if not url:
        pytest.skip("CINECOTE_TEST_MYSQL_URL names no MySQL server")
    site = Site(tmp_path, url)
    site.migrate()
    return site


@pytest.fixture(params=["site", "mysql_site"])
def server_site(request: pytest.FixtureRequest) -> Site:
    """On an empty database of each kind."""
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Site)
    return found


@dataclass(frozen=True)
class Collected:
    """The sample, collected once for all who only look at it."""

    site: Site
    printed: str
    content: list[list[str]]


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Collected:
    site = _new_site(tmp_path_factory.mktemp("sample"))
    done = site.run("sample")
    assert done.returncode == 0, done.stderr
    return Collected(site, done.stdout, site.content())


@pytest.fixture
def tmdb() -> Iterator[FakeTmdb]:
    with running(**_TMDB) as server:
        yield server


@pytest.fixture(scope="session")
def first_pass(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite database after the first pass over a server that has what `tmdb` has."""
    site = _new_site(tmp_path_factory.mktemp("first-pass"))
    with running(**_TMDB) as server:
        _pass_over(site, server)
    return site.folder / "films.db"


@pytest.fixture
def collected(server_site: Site, tmdb: FakeTmdb, request: pytest.FixtureRequest) -> Site:
    """TMDB's first pass is over, and the judge knows nothing of it."""
    if server_site.url.startswith("sqlite"):
        shutil.copy(request.getfixturevalue("first_pass"), server_site.folder)
    else:
        _pass_over(server_site, tmdb)
        tmdb.control("forget", all=True)
    return server_site


def _pass_over(site: Site, tmdb: FakeTmdb) -> None:
    done = site.run("tmdb", **tmdb.settings, **FAST)
    assert done.returncode == 0, done.stderr
