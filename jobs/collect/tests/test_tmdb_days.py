"""Daily passes on a clock that is moved on."""

import sys
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, func, select
from tests.fake_tmdb.running import TOKEN, FakeTmdb, running

from cinecote import database
from cinecote.tables import films
from cinecote_collect.contract import Contract
from cinecote_collect.interruption import Interruption
from cinecote_collect.settings import CollectSettings
from cinecote_collect.tmdb import client
from cinecote_collect.tmdb.collector import Order, TmdbCollector
from cinecote_collect.tmdb.filters import Filters

from .conftest import Site
from .tmdb_films import assert_equal_to_the_server_s, expected

BEGIN = datetime.fromisoformat("2026-11-23 02:17")
LONGEST_KEPT = timedelta(days=180)
# A fortnight without a run, and one so long that only looking at all films tells what has become of them.
AWAY = {*range(60, 75), *range(120, 180)}


class Days:
    """A site whose clock is ours."""

    def __init__(self, site: Site, tmdb: FakeTmdb, monkeypatch: pytest.MonkeyPatch) -> None:
        self.site = site
        self.tmdb = tmdb
        self.moment = BEGIN
        real = database.now
        for module in [*sys.modules.values()]:
            if getattr(module, "now", None) is real:
                monkeypatch.setattr(module, "now", lambda: self.moment)
        # A film that breaks a rule is asked for again after seconds, which on 125 days are minutes of waiting.
        monkeypatch.setattr(client, "_backoff", lambda _tries: 0.0)

    def pass_one(self, day: int) -> None:
        self.moment = BEGIN + timedelta(days=day)
        self.tmdb.control("clock", today=str(self.moment.date()))

    def collect(self) -> None:
        order = Order(address=f"{self.tmdb.url}/3", token=TOKEN, limit=1_000, filters=Filters())
        engine = database.connect(self.site.url, sends_files=True)
        TmdbCollector(engine, order, Contract(CollectSettings()), Interruption()).run()
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

        for day in range(201):
            days.pass_one(day)
            if day not in AWAY:
                days.collect()
                valid = {film_id for film_id, film in tmdb.films().items() if expected(film)}
                stored = {int(film_id) for (film_id,) in server_site.rows(select(films.c.source_id))}
                assert valid == stored, f"day {day}"

        assert_equal_to_the_server_s(server_site, tmdb)
        assert tmdb.report()["over"] == 0
        assert tmdb.report()["films_asked_times"] < 200 * 20
