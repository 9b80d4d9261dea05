import asyncio
import math
import time
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Connection, Engine, delete, update
from structlog.testing import capture_logs

from cinecote.database import now
from cinecote.features import ACCEPTED
from cinecote.job_runs import job_run
from cinecote.tables import films
from cinecote_api.database_reader import DatabaseAway, DatabaseReader, TookTooLong, TooMuchAsked
from cinecote_api.explanations import index_keeper
from cinecote_api.explanations.film_index import FilmIndex
from cinecote_api.explanations.index_builder import IndexBuilder
from cinecote_api.explanations.index_keeper import IndexKeeper
from cinecote_api.measuring.patient_reader import PatientReader

UNKNOWN = math.nan


def _films(count: int, seed: int = 0) -> Any:
    """Films [count, 5], of which many lack something."""
    random = np.random.default_rng(seed)
    values = np.rint(np.exp(random.normal([15, 14, 5, 4.6, 7.6], [2, 2, 2, 0.3, 0.01], (count, 5))))
    values[random.random((count, 5)) < 0.3] = UNKNOWN
    return values


def _index(values: Any, ids: Any = None) -> FilmIndex:
    builder = IndexBuilder()
    ids = np.arange(1, len(values) + 1) if ids is None else np.array(ids)
    for start in range(0, len(values), 2_000):
        part = slice(start, start + 2_000)
        builder.add(ids[part], values[part].T)
    return builder.index()


@pytest.mark.parametrize("known", [[0, 1, 2, 3], [0, 1, 2, 3, 4], [2], [3, 4]])
def test_the_nearest_are_those_of_a_plain_comparison_with_every_film(known: list[int]) -> None:
    values = _films(150_000)
    asked = np.full(5, UNKNOWN)
    asked[known] = np.array([1e7, 2e6, 300, 101, 1999])[known]
    spreads = np.nanstd(np.log1p(values), axis=0)
    expected = np.sqrt((((np.log1p(values) - np.log1p(asked)) / spreads)[:, known] ** 2).sum(axis=1))

    found = _index(values).nearest(asked, 5)

    distances = [neighbour.distance for neighbour in found]
    np.testing.assert_allclose(distances, np.sort(expected)[:5], rtol=1e-4)
    np.testing.assert_allclose(expected[[it.film_id - 1 for it in found]], distances, rtol=1e-4)


def test_a_film_is_at_no_distance_from_itself_and_equals_come_by_their_ids() -> None:
    values = np.tile(_films(1, seed=3), (70_000, 1))
    values[:] = [5e6, 1e6, 100, 90, 1999]
    values[::2] = [5e6, 1e6, 100, 91, 1999]

    found = _index(values).nearest(values[1], 5)

    assert [neighbour.film_id for neighbour in found] == [2, 4, 6, 8, 10]
    assert {neighbour.distance for neighbour in found} == {0.0}


def test_a_film_that_lacks_what_is_asked_about_has_no_distance() -> None:
    values = np.array([[UNKNOWN, 1e6, 5, 90, 1999], [9e9, UNKNOWN, 5, 90, 1999], [1e4, 2e6, UNKNOWN, 90, 1999]])

    found = _index(values, [7, 8, 9]).nearest(np.array([5e6, 1e6, UNKNOWN, UNKNOWN, UNKNOWN]), 5)

    assert [neighbour.film_id for neighbour in found] == [9]


def test_films_equally_near_come_by_their_ids_whatever_else_is_known_of_them() -> None:
    values = np.full((90_000, 5), UNKNOWN)
    values[:, 2] = 0
    values[::3, 3] = 90
    values[1::3, 0] = 5e6
    values[:4, 2] = 7

    found = _index(values).nearest(np.array([UNKNOWN, UNKNOWN, 0, UNKNOWN, UNKNOWN]), 5)

    assert [neighbour.film_id for neighbour in found] == [5, 6, 7, 8, 9]


def test_of_a_film_only_what_is_known_takes_memory() -> None:
    values = _films(10_000)

    known = int((~np.isnan(values)).sum())

    assert _index(values).size == 4 * known + 8 * int((~np.isnan(values)).any(axis=1).sum())


class Kept:
    """A keeper over a database, looked at by hand."""

    def __init__(self, url: str) -> None:
        self.reader = DatabaseReader(url)
        self.keeper = IndexKeeper(PatientReader(self.reader))

    def look(self) -> FilmIndex | None:
        asyncio.run(self.keeper.look())
        return self.keeper.index


@pytest.fixture
def kept(database: Engine) -> Any:
    kept = Kept(database.url.render_as_string(hide_password=False))
    yield kept
    kept.reader.close()


def _add_many(database: Engine, count: int) -> None:
    row = {"source": "t", "genres": [], "status": "Released", "content_hash": "", "fetched_at": now()}
    with database.begin() as connection:
        connection.execute(
            films.insert(),
            [
                row | {"source_id": str(n), "title": str(n), "runtime": 1 + n % 900, "vote_count": n}
                for n in range(count)
            ],
        )


def test_all_films_are_indexed_with_what_is_known_of_them(
    database: Engine, kept: Kept, add_film: Callable[..., int]
) -> None:
    known = {"revenue": 150_000_000, "budget": 30_000_000, "vote_count": 5200, "runtime": 121}
    wanted = add_film("Amélie", release_date=date(2001, 4, 25), **known)
    _add_many(database, 5_000)

    index = kept.look()

    assert index is not None
    assert len(index) == 5_001
    [nearest] = index.nearest(np.array([*known.values(), 2001.0]), 1)
    assert (nearest.film_id, nearest.distance) == (wanted, 0.0)
    assert len(index.nearest(np.array([UNKNOWN, UNKNOWN, UNKNOWN, 5.0, UNKNOWN]), 5)) == 5


def test_the_index_is_made_anew_only_when_films_have_changed(
    database: Engine, kept: Kept, add_film: Callable[..., int]
) -> None:
    first = add_film("One", runtime=90)
    begun = kept.look()
    unchanged = kept.look()
    add_film("Two", runtime=90)
    grown = kept.look()
    with job_run(database, "purge"), database.begin() as connection:
        connection.execute(update(films).where(films.c.id == first).values(runtime=95))
        connection.execute(delete(films).where(films.c.id != first))
    purged = kept.look()

    assert begun is unchanged
    assert begun is not None
    assert grown is not None
    assert purged is not None
    assert [len(begun), len(grown), len(purged)] == [1, 2, 1]
    assert [it.film_id for it in purged.nearest(np.array([UNKNOWN] * 3 + [90.0, UNKNOWN]), 5)] == [first]


# A MySQL server isn't the test's own to stop.
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_while_the_database_is_away_the_index_of_before_stays(kept: Kept, database: Engine, tmp_path: Any) -> None:
    before = kept.look()
    (tmp_path / "cinecote.db").rename(tmp_path / "gone.db")

    with pytest.raises(DatabaseAway):
        kept.look()

    assert kept.keeper.index is before


async def _run(keeper: IndexKeeper, until: Callable[[], bool]) -> None:
    looking = asyncio.create_task(keeper.run())
    async with asyncio.timeout(15):
        while not until():
            await asyncio.sleep(0.01)
    looking.cancel()


def test_a_look_that_waited_in_vain_is_made_again_without_a_longer_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_keeper, "_SECONDS_BETWEEN_LOOKS", 0.1)
    asked: list[asyncio.StreamWriter] = []

    async def of_a_server_that_says_nothing() -> None:
        async with await asyncio.start_server(lambda _, writer: asked.append(writer), "127.0.0.1", 0) as server:
            reader = DatabaseReader("mysql+pymysql://nobody@{}:{}/cinecote".format(*server.sockets[0].getsockname()))
            await _run(IndexKeeper(PatientReader(reader)), until=lambda: len(asked) == 2)
            reader.close()
            for writer in asked:
                writer.close()

    asyncio.run(of_a_server_that_says_nothing())


@pytest.mark.parametrize("trouble", [TookTooLong, TooMuchAsked])
def test_films_that_cannot_be_read_in_time_are_told_of_once_and_the_index_of_before_stays(
    kept: Kept, monkeypatch: pytest.MonkeyPatch, trouble: type[DatabaseAway]
) -> None:
    before, looked_at = kept.look(), kept.keeper.looked_at
    asked = _never_in_time(monkeypatch, trouble)
    monkeypatch.setattr(index_keeper, "_SECONDS_BETWEEN_LOOKS", 0.01)
    monkeypatch.setattr(index_keeper, "_REST", 0)

    with capture_logs() as told:
        asyncio.run(_run(kept.keeper, until=lambda: len(asked) == 3))

    assert [line["event"] for line in told] == ["the films can't be indexed in time"]
    assert (kept.keeper.index, kept.keeper.looked_at) == (before, looked_at)


def test_a_database_that_is_too_slow_has_its_rest(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = _never_in_time(monkeypatch, TookTooLong)
    monkeypatch.setattr(index_keeper, "_SECONDS_BETWEEN_LOOKS", 0.01)

    begun = time.monotonic()
    asyncio.run(_run(kept.keeper, until=lambda: time.monotonic() > begun + 1))

    assert len(asked) == 1


def _never_in_time(monkeypatch: pytest.MonkeyPatch, trouble: type[DatabaseAway]) -> list[float]:
    """Have each look end with this after a tenth of a second; when each began."""
    asked: list[float] = []

    def state(_connection: object) -> None:
        asked.append(time.time())
        time.sleep(0.1)
        raise trouble

    monkeypatch.setattr(index_keeper, "_state", state)
    return asked


def test_when_the_last_look_began_that_found_the_films_is_known(
    kept: Kept, add_film: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[float] = []
    state = index_keeper._state

    def noted(connection: Connection) -> index_keeper.State:
        asked.append(time.time())
        return state(connection)

    def looked() -> float:
        kept.look()
        return kept.keeper.looked_at or math.nan

    monkeypatch.setattr(index_keeper, "_state", noted)
    never, first, unchanged = kept.keeper.looked_at, looked(), looked()
    add_film("New", runtime=90)
    changed = looked()

    assert never is None
    assert first <= asked[0] < unchanged <= asked[1] < changed <= asked[2]


def test_the_index_has_every_accepted_input_in_its_order() -> None:
    assert tuple(index_keeper._COLUMNS) == ACCEPTED
