"""From the version before to this one and back, while it is used."""

import shutil
import subprocess
from collections.abc import Iterator

import pytest

from .cluster import Cluster
from .conftest import Tell
from .load import RATE, steady_load
from .previous import Previous, check_out
from .release import FILM, NAME, Release
from .rows import films, promotions


@pytest.fixture(scope="module")
def previous(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Previous]:
    if (
        shutil.which("docker") is None
        or subprocess.run(["docker", "info"], capture_output=True, check=False).returncode
    ):
        pytest.skip("no Docker engine answers, and the version before needs its images built")
    found = check_out(tmp_path_factory.mktemp("previous"))
    if found is None:
        pytest.fail("no earlier commit has helm/cinecote")
    found.build()
    yield found
    found.remove()


@pytest.fixture(scope="module")
def old(ground: Release, previous: Previous) -> Release:
    """The version before, with films and a model."""
    ground.deploy("install", {"image.tag": previous.commit}, previous.chart)
    assert ground.page_answer(FILM)
    ground.wait_for_setup()
    return ground


def test_an_upgrade_and_a_rollback_lose_no_request_and_no_row(old: Release, previous: Previous, tell: Tell) -> None:
    stored, promoted = films(old), promotions(old)

    with steady_load(old) as load:
        old.deploy("upgrade", {"image.tag": ""})
        upgraded = _tags(old)
        load.wait_for(10 * RATE)
        old.helm("rollback", NAME, "--wait", "--timeout", "10m")
        load.wait_for(10 * RATE)

    tell(f"from {previous.commit} and back: {load}")
    assert previous.commit not in upgraded
    assert _tags(old) == {previous.commit}
    assert load.told["lost"] == 0, load.told["reasons"]
    assert stored
    assert films(old) == stored
    assert promotions(old) >= promoted


def _tags(release: Release) -> set[str]:
    """The tags of the images that the services' pods run."""
    pods = [*release.pods("api"), *release.pods("web"), *release.pods("mlflow")]
    return {container.image.rpartition(":")[2] for pod in pods for container in pod.spec.containers}
