"""TMDB at its worst in full size: `make soak`, which takes some minutes."""

import random

import pytest
from tests.fake_tmdb.running import WORST, running

from .conftest import Site
from .tmdb_films import assert_equal_to_the_server_s, assert_polite, collect_with_kills

pytestmark = pytest.mark.timeout(3600)


@pytest.mark.parametrize(("films", "limit", "kills"), [(20_000, 1_000, 0), (20_000, 1_000, 20), (1_500, 35, 20)])
def test_in_full_size_it_ends_with_exactly_the_valid_films(
    server_site: Site, films: int, limit: int, kills: int
) -> None:
    with running(films=films, limit=limit, **WORST) as tmdb:
        struck = collect_with_kills(server_site, tmdb, kills, limit, random.Random(films))

        report = tmdb.report()
        print(f"{films:,} films at {limit:,} a second, killed {struck} times: {report}")
        assert struck == kills
        assert_equal_to_the_server_s(server_site, tmdb)
        assert_polite(tmdb)
