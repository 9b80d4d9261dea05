from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.mlflow_server import mlflow_server

from .stories import READY, Laptop, RegistryServer, Story


@pytest.fixture(scope="session")
def laptop(tmp_path_factory: pytest.TempPathFactory) -> Laptop:
    return Laptop(tmp_path_factory.mktemp("laptop"))


@pytest.fixture(scope="session")
def demo(laptop: Laptop) -> Iterator[Story]:
    """The first demo on an empty laptop, ready."""
    with laptop.tell() as story:
        story.wait_for(READY)
        yield story


@pytest.fixture
def registry_server(tmp_path: Path) -> Iterator[RegistryServer]:
    folder = tmp_path / "mlflow"
    folder.mkdir()
    with mlflow_server(folder) as address:
        yield RegistryServer(address, folder / "mlflow.db")
