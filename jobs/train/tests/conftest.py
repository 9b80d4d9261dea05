"""Films with a known signal, and a database and registry of its own for each test."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert
from tests.mlflow_server import mlflow_server

from cinecote.database import connect
from cinecote.migrate import migrate
from cinecote.tables import films
from cinecote_train.algorithms import BASELINES
from cinecote_train.dataset import Films
from cinecote_train.film_reader import read_films
from cinecote_train.settings import TrainSettings
from cinecote_train.training import Trained

from .killed_training import STEPS
from .sites import (
    FILMS,
    MakeSite,
    Rows,
    Silent,
    Site,
    copied,
    film_row,
    made_rows,
    mlflow_client,
    new_site,
    train_quickly,
)


@pytest.fixture(scope="session")
def empty_registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry as MLflow makes it, which takes MLflow seconds: copied, it is one that nobody has used yet."""
    database = tmp_path_factory.mktemp("registry") / "mlflow.db"
    mlflow_client(f"sqlite:///{database}").search_experiments()
    return database


@pytest.fixture(scope="session")
def site_in(empty_registry: Path) -> Callable[[Path, int, int], Site]:
    """Makes a site in a folder, with so many films drawn from a seed; the caller disposes of its engine."""
    return lambda folder, count, seed: new_site(folder, count, seed, empty_registry)


@pytest.fixture
def make_site(tmp_path: Path, empty_registry: Path) -> Iterator[MakeSite]:
    """Makes sites, each in a folder of its own, with as many made films as asked for and, if wanted, a registry."""
    sites: list[Site] = []

    def make(
        name: str = "site", count: int = 0, seed: int = 1, registry: bool = True, tracking_uri: str | None = None
    ) -> Site:
        sites.append(new_site(tmp_path / name, count, seed, empty_registry if registry else None, tracking_uri))
        return sites[-1]

    yield make
    for site in sites:
        site.engine.dispose()


@pytest.fixture(scope="session")
def shared_site(tmp_path_factory: pytest.TempPathFactory, empty_registry: Path) -> Iterator[Site]:
    """A site that was trained once, with every baseline and a report, for tests that only look at it."""
    site = new_site(tmp_path_factory.mktemp("shared") / "site", FILMS, 1, empty_registry)
    train_quickly(site, baselines=BASELINES, report=True)
    yield site
    site.engine.dispose()


@pytest.fixture(scope="session")
def mlflow_server_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real MLflow server, of the locked version; tests share it."""
    with mlflow_server(tmp_path_factory.mktemp("server")) as address:
        yield address


@pytest.fixture(scope="session")
def trained_once(tmp_path_factory: pytest.TempPathFactory, empty_registry: Path) -> Iterator[Site]:
    """A site whose first version was trained and promoted; tests that change one take a copy."""
    site = new_site(tmp_path_factory.mktemp("trained") / "site", FILMS, 1, empty_registry)
    train_quickly(site)
    yield site
    site.engine.dispose()


@pytest.fixture(scope="session")
def challenged(tmp_path_factory: pytest.TempPathFactory, trained_once: Site) -> Iterator[Site]:
    """The same site, of which some new films made a second version that took the champion's place."""
    site = copied(trained_once, tmp_path_factory.mktemp("challenged") / "site")
    site.add([film_row(f"New film {number}", vote_average=6.5) for number in range(3)])
    train_quickly(site)
    yield site
    site.engine.dispose()


@pytest.fixture(scope="module")
def challenged_sites(tmp_path_factory: pytest.TempPathFactory, trained_once: Site) -> Iterator[list[Site]]:
    """Sites before that second version, with its new films: one for each step after which a training is killed."""
    sites = [copied(trained_once, tmp_path_factory.mktemp("challenge") / "site") for _ in STEPS]
    for site in sites:
        site.add([film_row(f"New film {number}", vote_average=6.5) for number in range(3)])
    yield sites
    for site in sites:
        site.engine.dispose()


@pytest.fixture
def copy_site(tmp_path: Path) -> Iterator[Callable[[Site], Site]]:
    """Copies a site: database, registry and artifacts."""
    sites: list[Site] = []

    def copy(original: Site) -> Site:
        sites.append(copied(original, tmp_path / f"copy-{len(sites)}"))
        return sites[-1]

    yield copy
    for site in sites:
        site.engine.dispose()


@pytest.fixture
def trained_copy(copy_site: Callable[[Site], Site], trained_once: Site) -> Callable[[], Site]:
    """Copies the site that was trained once."""
    return lambda: copy_site(trained_once)


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site()


@pytest.fixture(scope="session")
def made_films(tmp_path_factory: pytest.TempPathFactory) -> Films:
    """600 made films, as training reads them."""
    engine = connect(f"sqlite:///{tmp_path_factory.mktemp('films')}/cinecote.db")
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(insert(films), made_rows(600, seed=1))
    found = read_films(engine, TrainSettings())
    engine.dispose()
    return found


@pytest.fixture(name="made_rows")
def made_rows_of() -> Callable[[int, int], Rows]:
    return made_rows


@pytest.fixture
def make_row() -> Callable[..., dict[str, Any]]:
    return film_row


@pytest.fixture(scope="session")
def train_site() -> Callable[..., Trained]:
    return train_quickly


@pytest.fixture
def watcher() -> Silent:
    return Silent()
