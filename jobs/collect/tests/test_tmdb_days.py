"""Daily passes on a clock that is moved on."""

import sys
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, func, select
from tests.fake_tmdb.running import FakeTmdb, running

from cinecote import database
from cinecote.tables import films

from .conftest import Site
from .tmdb_films import assert_equal_to_the_server_s, expected
from .tmdb_here import Here

BEGIN = datetime.fromisoformat("2026-11-23 02:17")
LONGEST_KEPT = timedelta(days=180)
# A fortnight without a run, and one so long that only looking at all films tells what has become of them.
AWAY = {*range(60, 75), *range(120, 180)}


class Days(Here):
    """Whose clock is ours."""

    def __init__(self, site: Site, tmdb: FakeTmdb, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(site, tmdb, monkeypatch)
        self.moment = BEGIN
        real = database.now
        for module in [*sys.modules.values()]:
            if getattr(module, "now", None) is real:
                monkeypatch.setattr(module, "now", lambda: self.moment)

    def pass_one(self, day: int) -> None:
        self.moment = BEGIN + timedelta(days=day)
        self.tmdb.control("clock", today=str(self.moment.date()))

    def run(self) -> None:
        self.collect(limit=1_000)
        engine = database.connect(self.site.url)
        with engine.begin() as connection:
            connection.execute(delete(films).where(films.c.expires_at <= self.moment))
            oldest = connection.scalar(select(func.min(films.c.fetched_at)))
        engine.dispose()
        assert oldest is not None
        assert self.moment - oldest <= LONGEST_KEPT


@pytest.mark.timeout(1200)
def test_on_200_days_of_daily_passes_no_film_that_tmdb_has_is_lost(
    server_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(films=200, limit=1_000, today=BEGIN.date(), daily=4, absurd=0) as tmdb:
        days = Days(server_site, tmdb, monkeypatch)
        missing: set[int] = set()

        for day in range(201):
            days.pass_one(day)
            if day not in AWAY:
                days.run()
                valid = {film_id for film_id, film in tmdb.films().items() if expected(film)}
                stored = {int(film_id) for (film_id,) in server_site.rows(select(films.c.source_id))}
                # What TMDB has no more is asked for once more in the next pass.
                assert (valid - stored, (stored - valid) & missing) == (set(), set()), f"day {day}"
                missing = stored - valid

        days.run()
        assert_equal_to_the_server_s(server_site, tmdb)
        assert tmdb.report()["over"] == 0
        assert tmdb.report()["films_asked_times"] < 200 * 20


def test_a_film_whose_votes_nobody_announces_is_found_within_a_month(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(films=50, limit=1_000, today=BEGIN.date(), daily=0) as tmdb:
        days = Days(site, tmdb, monkeypatch)
        days.run()
        film = next(film for film in tmdb.films().values() if not expected(film) and expected(film, votes=0))
        tmdb.control("edit", id=film["id"], facts={"vote_count": 1_000}, unannounced=True)

        for day in (1, 29, 30):
            days.pass_one(day)
            days.run()
            stored = {int(film_id) for (film_id,) in site.rows(select(films.c.source_id))}
            assert (film["id"] in stored) == (day == 30)
        assert_equal_to_the_server_s(site, tmdb)
