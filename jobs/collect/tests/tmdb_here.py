"""Collecting from TMDB in the test's own process: no second is lost on starting one, and no wait before a retry."""

import os
import signal
import time
from multiprocessing import get_context

import pytest
from sqlalchemy import Engine, event
from tests.fake_tmdb.running import TOKEN, FakeTmdb

from cinecote.database import connect
from cinecote.exits import AlreadyRunning
from cinecote_collect.contract import Contract
from cinecote_collect.interruption import Interruption
from cinecote_collect.settings import CollectSettings
from cinecote_collect.tmdb import client, collector
from cinecote_collect.tmdb.collector import Order, TmdbCollector
from cinecote_collect.tmdb.filters import Filters
from cinecote_collect.tmdb.passes import Ids

from .conftest import Site


class Here:
    """The collector on a site's database and a server."""

    def __init__(self, site: Site, tmdb: FakeTmdb, monkeypatch: pytest.MonkeyPatch) -> None:
        self.site = site
        self.tmdb = tmdb
        self._patch = monkeypatch
        monkeypatch.setattr(client, "_backoff", lambda _tries: 0.0)

    def collect(self, limit: int = 500, ids: Ids = "discover", **bounds: str) -> TmdbCollector:
        """One run, and what it tells of itself; `bounds` are settings of the contract."""
        order = Order(address=f"{self.tmdb.url}/3", token=TOKEN, limit=limit, filters=Filters(), ids=ids)
        contract = Contract(CollectSettings.model_validate(bounds))
        engine = connect(self.site.url, sends_files=True)
        try:
            run = TmdbCollector(engine, order, contract, Interruption())
            run.run()
        finally:
            engine.dispose()
        return run

    def store_every(self, seconds: float) -> None:
        """Have what was answered stored every so many seconds: in 0.1 s, at 500 requests a second, that is 50 films."""
        self._patch.setattr(collector, "_SECONDS_A_BATCH", seconds)

    def collect_until_killed(self, statement: int, limit: int) -> None:
        """A run in a process of its own that is killed as it comes to that `statement`, or to that commit."""
        while True:
            process = get_context("fork").Process(target=self._die, args=(statement, limit))
            process.start()
            process.join()
            if process.exitcode != AlreadyRunning.exit_code:
                break
            # MySQL notices a lost connection, and frees its lock, a moment after the process is gone.
            time.sleep(0.1)
        assert process.exitcode == -signal.SIGKILL

    def _die(self, statement: int, limit: int) -> None:
        left = statement

        def strike(*_: object) -> None:
            nonlocal left
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)

        event.listen(Engine, "before_cursor_execute", strike)
        event.listen(Engine, "commit", strike)
        try:
            self.collect(limit)
        except AlreadyRunning as error:
            raise SystemExit(error.exit_code) from None
