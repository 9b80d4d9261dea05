"""A new champion, and the one before it again, on every replica and under load."""

import json
from typing import Any

from .conftest import Tell
from .load import RATE, steady_load
from .release import NAME, Release, wait_until

# Runs in a pod of the api: the API server keeps a caller's Authorization to itself.
_ASK = """
import json, sys, urllib.request
method, path, token = sys.argv[1:]
key = {"Authorization": f"Bearer {token}"}
asked = urllib.request.Request(f"http://127.0.0.1:8000{path}", method=method, headers=key)
with urllib.request.urlopen(asked, timeout=30) as answer:
    print(answer.read().decode())
"""
MARGIN = "0.2"


def test_a_champion_and_a_rollback_reach_every_replica_and_lose_no_request(
    release: Release, token: str, tell: Tell
) -> None:
    with steady_load(release) as load:
        (before,) = _versions(release, token)
        _train(release)
        wait_until(lambda: len(now := _versions(release, token)) == 1 and now != {before}, 30)

        pod = release.pods("api")[0].metadata.name
        rolled_back = _ask(release, pod, "POST", "/v1/model/rollback", token)

        assert rolled_back["model"]["version"] == _ask(release, pod, "GET", "/v1/model", token)["version"] == before
        wait_until(lambda: _versions(release, token) == {before}, 30)
        load.wait_for(5 * RATE)

    tell(str(load))
    ledger = _ask(release, pod, "GET", "/v1/models", token)["promotions"]
    assert [row["decision"] for row in ledger][:2] == ["rolled_back", "promoted"]
    assert load.told["lost"] == 0, load.told


def test_without_the_key_nobody_changes_what_is_served(release: Release) -> None:
    assert release.ask("api", "/v1/model/reload", {"now": True}).status == 401


def _train(release: Release) -> None:
    """Train with another margin, which makes another model of the same films."""
    made = release.kubectl(
        "create", "job", "train-margin", f"--from=cronjob/{NAME}-train", "--dry-run=client", "-o=json"
    )
    job = json.loads(made)
    variables = job["spec"]["template"]["spec"]["containers"][0]["env"]
    next(each for each in variables if each["name"] == "CINECOTE_MARGIN")["value"] = MARGIN
    release.kubectl("create", "-f", "-", typed=json.dumps(job))
    release.kubectl("wait", "--for=condition=complete", "job/train-margin", "--timeout=10m")


def _versions(release: Release, token: str) -> set[str]:
    """What each replica serves."""
    names = [pod.metadata.name for pod in release.pods("api")]
    return {_ask(release, name, "GET", "/v1/model", token)["version"] for name in names}


def _ask(release: Release, pod: str, method: str, path: str, token: str) -> Any:
    return json.loads(release.kubectl("exec", pod, "-c", "api", "--", "python", "-c", _ASK, method, path, token))
