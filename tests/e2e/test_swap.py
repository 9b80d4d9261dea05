"""A new champion, and the one before it again, on every replica and under load."""

import json

from .conftest import Tell
from .load import RATE, steady_load
from .release import FILM, NAME, Release, wait_until
from .replica import Replica, ask_within, replicas, two_replicas

MARGIN = "0.2"
IDS = [f"request-{number}" for number in range(12)]


def test_a_champion_and_a_rollback_reach_every_replica_and_lose_no_request(
    release: Release, token: str, tell: Tell
) -> None:
    with steady_load(release) as load:
        (before,) = _versions(release, token)
        # Another margin makes another model of the same films. The weaker model, of fewer inputs, may be refused.
        release.run_job("train", CINECOTE_MARGIN=MARGIN, refusable=True)
        wait_until(lambda: len(now := _versions(release, token)) == 1 and now != {before}, 30)

        replica = replicas(release, token)[0]
        rolled_back = replica.read("POST", "/v1/model/rollback")

        assert rolled_back["model"]["version"] == replica.read("GET", "/v1/model")["version"] == before
        wait_until(lambda: _versions(release, token) == {before}, 30)
        load.wait_for(5 * RATE)

    tell(str(load))
    ledger = replica.read("GET", "/v1/models")["promotions"]
    assert [row["decision"] for row in ledger][:2] == ["rolled_back", "promoted"]
    assert load.told["lost"] == 0, load.told["reasons"]


def test_a_challenger_s_share_is_the_same_on_both(release: Release, token: str) -> None:
    both = two_replicas(release, token)
    champion = both[0].read("GET", "/v1/model")["version"]
    versions = {told["version"] for told in both[0].read("GET", "/v1/models")["versions"]}
    _give_alias(release, max(versions - {champion}, key=int))
    try:
        both[0].read("PUT", "/v1/model/traffic", {"challenger_weight": 0.5})
        wait_until(lambda: all("challenger" in _roles(replica) for replica in both), 60)

        first, second = map(_roles, both)
        assert first == second
        assert set(first) == {"champion", "challenger"}
    finally:
        both[0].read("PUT", "/v1/model/traffic", {"challenger_weight": 0})
    wait_until(lambda: all(set(_roles(replica)) == {"champion"} for replica in both), 60)


def test_without_the_key_nobody_changes_what_is_served(release: Release) -> None:
    assert release.ask("api", "/v1/model/reload", {"now": True}).status == 401


def _versions(release: Release, token: str) -> set[str]:
    """What each replica serves."""
    return {replica.read("GET", "/v1/model")["version"] for replica in replicas(release, token)}


def _roles(replica: Replica) -> list[str]:
    """Who answers each of IDS."""
    asked = (replica.ask("POST", "/v1/predictions", FILM, headers={"X-Request-ID": name}) for name in IDS)
    return [{name.lower(): said for name, said in answer.headers.items()}["x-model-role"] for answer in asked]


def _give_alias(release: Release, version: str) -> None:
    """Name a version the challenger, as a person does on MLflow's page."""
    body = json.dumps({"name": "film-category", "alias": "challenger", "version": version})
    address = "http://127.0.0.1:5000/api/2.0/mlflow/registered-models/alias"
    pod = (f"deploy/{NAME}-mlflow",)
    answer = ask_within(release, pod, "POST", address, body, {"Content-Type": "application/json"})
    assert answer.status == 200, answer
