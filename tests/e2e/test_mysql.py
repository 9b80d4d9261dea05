"""MySQL goes away for a while."""

import json
import time
from dataclasses import dataclass

from .cluster import Answer
from .conftest import Tell
from .load import RATE, steady_load
from .release import NAME, Release, ready, wait_until
from .rows import checksums

POD = f"{NAME}-mysql-0"


@dataclass
class Outage:
    """What asking for films found while MySQL was away, and how long after MySQL they were back."""

    failures: list[Answer]
    seconds_after_ready: float


def test_predictions_go_on_and_films_come_back_whole(release: Release, tell: Tell) -> None:
    release.sql("DELETE FROM cinecote.films")
    release.run_job("collect")
    written = checksums(release)
    restarts = _restarts(release)

    with steady_load(release) as load:
        release.kubectl("delete", "pod", POD, "--wait=false")
        outage = _watch(release)
        load.wait_for(5 * RATE)

    tell(f"films back {outage.seconds_after_ready:.1f} s after MySQL was ready; {load}")
    assert load.told["lost"] == 0, load.told["reasons"]
    assert outage.failures
    assert all(failure.status == 503 for failure in outage.failures)
    assert all(int(failure.headers["Retry-After"]) > 0 for failure in outage.failures)
    assert all("problem+json" in failure.headers["Content-Type"] for failure in outage.failures)
    assert outage.seconds_after_ready < 10
    # Of the pods that are still there: the autoscaler adds and removes some.
    now = _restarts(release)
    assert all(now.get(pod, count) == count for pod, count in restarts.items())
    assert checksums(release) == written


def _watch(release: Release) -> Outage:
    """Ask for films, from before MySQL goes until it is ready and they are back."""
    outage, back, was_ready = Outage([], 0), 0.0, 0.0
    deleted = release.cluster.core.read_namespaced_pod(POD, release.namespace).metadata.uid

    def asked() -> bool:
        nonlocal back, was_ready
        answer = release.ask("api", "/v1/films?limit=1")
        if answer.status != 200:
            outage.failures.append(answer)
            back = 0.0
        elif outage.failures:
            assert json.loads(answer.text)["films"]
            back = back or time.monotonic()
        if not was_ready and any(ready(pod) and pod.metadata.uid != deleted for pod in release.pods("mysql")):
            was_ready = time.monotonic()
        return bool(back and was_ready)

    wait_until(asked, 180)
    outage.seconds_after_ready = max(0.0, back - was_ready)
    return outage


def _restarts(release: Release) -> dict[str, int]:
    """How often each of the api's containers was started again."""
    return {
        pod.metadata.name: container.restart_count
        for pod in release.pods("api")
        for container in pod.status.container_statuses
    }
