"""The built-in sample: what becomes of it on each kind of server, and when a run is repeated, stopped or doubled."""

import csv
import re
import signal
import subprocess
from datetime import date
from importlib.resources import files

import pytest
from sqlalchemy import Select, func, select, text

from cinecote.database import connect, job_lock
from cinecote.film_orders import FEWEST_ROWS, missing_orders
from cinecote.tables import ORDERS, films
from cinecote_collect.rules import Rule

from .conftest import BATCH_ROWS, Collected, Site

CONNECTIONS = "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()"
STATUSES = "SELECT status FROM job_runs ORDER BY id"


def test_the_table_accounts_for_every_dirty_row(sample: Collected) -> None:
    table = (files("cinecote_collect") / "sample" / "films-sample.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(table.splitlines()))
    money = [[float(row[name]) for name in ("budget", "revenue") if row[name]] for row in rows]
    macintosh = re.compile("[ÈÍÓÌÙÎËÛ˘Ω·‡‰]|I Love You Ö")

    printed = {line.split()[0]: line.split() for line in sample.printed.splitlines() if line.strip()}

    assert printed["3,200"] == ["3,200", "3,200", "0", "0", "0"]
    assert {rule: int(printed.get(rule, "0")[-1]) for rule in Rule if rule in printed} == {
        Rule.MONEY_ZERO: sum(0 in amounts for amounts in money),
        Rule.MONEY_SMALL: sum(any(0 < amount < 1000 for amount in amounts) for amounts in money),
        Rule.RELEASE_CENTURY: sum(int(row["release_date"][-4:]) > 2011 for row in rows),
        Rule.TITLE_ARTICLE: sum(row["title"].endswith((", The", ", Les", ", Das")) for row in rows),
        Rule.TITLE_ENCODING: sum(macintosh.search(row["title"]) is not None for row in rows),
    }


def test_releases_end_with_the_sample_s_last_year(sample: Collected) -> None:
    dates = sample.site.rows(select(func.min(films.c.release_date), func.max(films.c.release_date)))

    assert dates == [(date(1915, 2, 8), date(2011, 12, 23))]


@pytest.mark.parametrize("title", ["Alien³", "Le Fabuleux destin d'Amélie Poulain", "The Barbarians", "Das Boot"])
def test_titles_of_the_sample_are_mended(sample: Collected, title: str) -> None:
    assert sample.site.rows(_titled(title)) == [(1,)]


def _titled(title: str) -> Select[int]:
    return select(func.count()).where(films.c.title == title)


def test_status_tells_the_last_runs_and_the_films_by_source(sample: Collected) -> None:
    done = sample.site.run("status")

    assert done.returncode == 0
    assert "3,200" in done.stdout
    assert "succeeded" in done.stdout


def test_each_server_ends_with_the_same_and_again_changes_nothing(server_site: Site, sample: Collected) -> None:
    assert server_site.run("sample").returncode == 0

    assert server_site.content() == sample.content

    assert server_site.run("sample").returncode == 0
    assert server_site.counts() == [3200, 0, 0, 3200, 0]
    assert server_site.content() == sample.content


@pytest.mark.parametrize("batches", [1, 25, 50])
def test_killed_and_run_again_it_ends_as_never_killed(server_site: Site, sample: Collected, batches: int) -> None:
    process = server_site.start("sample")
    _wait_for_films(server_site, process, batches * BATCH_ROWS)
    process.kill()
    process.communicate()

    _run_when_free(server_site)

    assert server_site.content() == sample.content
    assert server_site.rows(STATUSES) == [("interrupted",), ("succeeded",)]


def test_killed_in_a_load_that_leaves_indexes_out_and_run_again_all_films_and_all_indexes_are_there(
    server_site: Site,
) -> None:
    load, large = ("synthetic", "--films", str(FEWEST_ROWS)), {"CINECOTE_COLLECT_BATCH_ROWS": "10000"}
    process = server_site.start(*load, **large)
    _wait_for_films(server_site, process, 1)
    process.kill()
    process.communicate()
    assert 0 < _count(server_site) < FEWEST_ROWS
    assert _missing(server_site) == len(ORDERS)

    _run_when_free(server_site, *load, **large)

    assert _count(server_site) == FEWEST_ROWS
    assert _missing(server_site) == 0


def _count(site: Site) -> int:
    return int(site.rows(select(func.count()).select_from(films))[0][0])


def _missing(site: Site) -> int:
    engine = connect(site.url)
    with engine.connect() as connection:
        missing = len(missing_orders(connection))
    engine.dispose()
    return missing


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_asked_to_stop_it_stores_the_batch_in_hand_says_so_and_goes_on_later(
    server_site: Site, sample: Collected, number: signal.Signals
) -> None:
    process = server_site.start("sample")
    _wait_for_films(server_site, process, BATCH_ROWS)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)

    assert (process.returncode, said.count("\n")) == (130, 1)
    assert "run the same command again" in said
    read, new, *_ = server_site.counts()
    assert read == new == server_site.rows(select(func.count()).select_from(films))[0][0] < 3200
    assert server_site.run("sample").returncode == 0
    assert server_site.content() == sample.content


def test_while_another_run_holds_the_lock_nothing_is_stored(server_site: Site) -> None:
    engine = connect(server_site.url)
    with job_lock(engine, "collect"):
        done = server_site.run("sample")
    engine.dispose()

    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == "error: another collect is running on this database\n"
    assert server_site.rows(STATUSES) == []


def test_where_the_server_drops_the_run_one_line_says_so_and_it_goes_on_later(
    mysql_site: Site, sample: Collected
) -> None:
    process = mysql_site.start("sample")
    _wait_for_films(mysql_site, process, BATCH_ROWS)
    engine = connect(mysql_site.url)
    with engine.connect() as connection:
        for (number,) in connection.execute(text(CONNECTIONS)).all():
            connection.exec_driver_sql(f"KILL {number}")
    engine.dispose()
    _, said = process.communicate(timeout=60)

    assert (process.returncode, said.count("\n")) == (1, 1), said
    assert said.startswith("error: the database failed")
    assert mysql_site.run("sample").returncode == 0
    assert mysql_site.content() == sample.content


def _wait_for_films(site: Site, process: subprocess.Popen[str], number: int) -> None:
    engine = connect(site.url)
    with engine.connect() as connection:
        while process.poll() is None:
            stored = connection.scalar(select(func.count()).select_from(films))
            connection.rollback()
            if stored and stored >= number:
                break
    engine.dispose()


def _run_when_free(site: Site, *arguments: str, **settings: str) -> None:
    """MySQL notices a lost connection, and frees its lock, a moment after the process is gone."""
    for _ in range(20):
        done = site.run(*(arguments or ("sample",)), **settings)
        if done.returncode != 3:
            break
    assert done.returncode == 0, done.stderr
