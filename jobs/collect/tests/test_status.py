"""Status: how old films are, what is due, and what to do next."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from cinecote.database import connect, now
from cinecote.film_orders import FEWEST_ROWS, orders_last
from cinecote.tables import films
from cinecote_collect import progress as progress_module
from cinecote_collect.progress import LogProgress

from .conftest import Site
from .test_command import FILM, tmdb_file, tmdb_film


def status(site: Site) -> str:
    done = site.run("status")
    assert done.returncode == 0, done.stderr
    return done.stdout


def next_step(site: Site) -> str:
    return status(site).rpartition("Next: ")[2]


def expire(site: Site, after: timedelta) -> None:
    engine = connect(site.url)
    moment = now()
    with engine.begin() as connection:
        connection.execute(
            update(films)
            .where(films.c.expires_at.is_not(None))
            .values(fetched_at=moment + after - timedelta(days=180), expires_at=moment + after)
        )
    engine.dispose()


def test_films_are_told_by_source_and_age_and_with_the_day_they_expire(server_site: Site) -> None:
    server_site.run("csv", tmdb_file(server_site, tmdb_film(949), tmdb_film(950)))
    server_site.run("csv", server_site.write("own.csv", [FILM]))
    expire(server_site, timedelta(days=79, hours=1))

    printed = status(server_site)

    tmdb, own = (
        next(line.split() for line in printed.splitlines() if source in line) for source in ("tmdb-csv", " csv ")
    )
    day = f"{now() + timedelta(days=79, hours=1):%Y-%m-%d}"
    assert (tmdb[1], tmdb[6], tmdb[7], tmdb[-1]) == ("2", "100", day, "0")
    assert (own[1], own[6], own[7]) == ("1", "0", "never")


def test_before_anything_is_collected_the_next_step_is_the_sample(site: Site) -> None:
    assert "cinecote-collect sample" in next_step(site)


def test_once_films_have_expired_the_next_step_is_purge_and_then_training(server_site: Site) -> None:
    server_site.run("csv", tmdb_file(server_site, tmdb_film(949)))
    server_site.run("csv", server_site.write("own.csv", [FILM]))
    assert "cinecote-train run" in next_step(server_site)

    expire(server_site, timedelta(seconds=-1))
    assert "cinecote-collect purge deletes films" in next_step(server_site)

    assert server_site.run("purge").returncode == 0
    printed = status(server_site)
    assert "Last purges" in printed
    assert "cinecote-train run" in printed.rpartition("Next: ")[2]


def test_films_that_expire_within_a_month_are_to_be_collected_again(site: Site) -> None:
    site.run("csv", tmdb_file(site, tmdb_film(949)))
    expire(site, timedelta(days=29))

    assert "1 films of tmdb-csv expire within 30 days" in next_step(site)


def test_indexes_that_a_load_left_out_are_to_be_made(site: Site) -> None:
    site.run("csv", site.write("own.csv", [FILM]))
    engine = connect(site.url)
    with pytest.raises(KeyboardInterrupt), orders_last(engine, FEWEST_ROWS * 10):
        raise KeyboardInterrupt
    engine.dispose()

    assert "cinecote-migrate makes the indexes" in next_step(site)


def test_progress_in_a_log_tells_rate_what_was_rejected_and_the_seconds_left(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = iter([0.0, 10.0])
    monkeypatch.setattr(progress_module, "monotonic", lambda: next(clock))

    LogProgress(lines=4_000).passed(rows=1_000, lines=1_000, rejected=7)

    told = capsys.readouterr().out
    for fact in ("rejected=7", "rows_per_second=100", "percent=25", "seconds_left=30"):
        assert fact in told.replace("\x1b[0m", "").replace("\x1b[36m", "").replace("\x1b[35m", "")
