"""Pods are replaced under load, and nobody notices."""

from functools import partial

from .conftest import Tell
from .load import RATE, steady_load
from .release import NAME, Release, ready, wait_until

COMPONENTS = ("api", "web")


def test_a_restart_of_both_services_loses_no_request(release: Release, tell: Tell) -> None:
    with steady_load(release) as load:
        for component in COMPONENTS:
            release.kubectl("rollout", "restart", f"deployment/{NAME}-{component}")
        release.wait_for_rollout(*COMPONENTS)
        _wait_for_the_old(release)
        load.wait_for(10 * RATE)

    tell(str(load))
    assert load.told["lost"] == 0, load.told["reasons"]


def test_deleting_each_pod_once_loses_no_request(release: Release, tell: Tell) -> None:
    with steady_load(release) as load:
        for component in COMPONENTS:
            for pod in release.pods(component):
                release.kubectl("delete", "pod", pod.metadata.name, "--wait=false")
                wait_until(partial(_whole, release, component), 120)
        _wait_for_the_old(release)
        load.wait_for(10 * RATE)

    tell(str(load))
    assert load.told["lost"] == 0, load.told["reasons"]


def _whole(release: Release, component: str) -> bool:
    pods = release.pods(component)
    return len(pods) >= 2 and all(ready(pod) for pod in pods)


def _wait_for_the_old(release: Release) -> None:
    """Until those that go have gone: the load must see their end too."""
    core = release.cluster.core
    wait_until(
        lambda: (
            not [pod for pod in core.list_namespaced_pod(release.namespace).items if pod.metadata.deletion_timestamp]
        ),
        120,
    )
