from collections.abc import Iterator

import pytest

from .stories import READY, Laptop, Story


@pytest.fixture(scope="session")
def laptop(tmp_path_factory: pytest.TempPathFactory) -> Laptop:
    return Laptop(tmp_path_factory.mktemp("laptop"))


@pytest.fixture(scope="session")
def demo(laptop: Laptop) -> Iterator[Story]:
    """The first demo on an empty laptop, ready."""
    with laptop.tell() as story:
        story.wait_for(READY)
        yield story
