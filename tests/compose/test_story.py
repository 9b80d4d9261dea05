"""`docker compose up` ends in a page that predicts; what is done to it afterwards, in this order."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

import httpx2
from tests.monitoring import DASHBOARDS, rules

from .conftest import FILM, Tell
from .stack import Stack, until

ONCE = {"mysql-users", "migrate", "collect", "train"}
TABLES = "cinecote.films, cinecote.film_words, cinecote.rejections"


def test_only_what_cannot_be_pulled_here_is_left_out(stack: Stack, tell: Tell) -> None:
    tell(f"left out, for their images can't be had here: {', '.join(sorted(stack.left_out)) or 'none'}")

    # Every other image is built, or run by the other tests already.
    assert stack.left_out <= {"grafana"}


def test_compose_up_ends_in_an_api_that_predicts(seconds_to_predict: float, tell: Tell) -> None:
    tell(f"{seconds_to_predict:.0f} s from `docker compose up` to a prediction, images built, one algorithm trained")


def test_what_runs_once_has_ended_well_and_what_serves_is_healthy(up: Stack) -> None:
    until(lambda: up.containers()["train"]["State"] == "exited", "the training's end", 120)
    containers = up.containers()

    assert containers.keys() == set(up.services)
    assert {name: containers[name]["ExitCode"] for name in ONCE} == dict.fromkeys(ONCE, 0)
    for name in containers.keys() - ONCE:
        assert containers[name]["State"] == "running", name
        assert containers[name]["Health"] == ("" if name.endswith("-storage") else "healthy"), name


def test_the_page_says_what_the_api_says(up: Stack) -> None:
    answer = up.api.post("/v1/predictions", json=FILM).json()
    page = up.web.get("/", params=FILM).text

    shown = sorted(float(value) for value in re.findall(r'<data [^>]*value="([^"]+)" data-category', page))
    assert answer["category"] in page
    assert shown == sorted(answer["probabilities"].values())


def test_prometheus_reaches_every_target_and_runs_every_rule(up: Stack) -> None:
    def healthy() -> bool:
        targets = up.prometheus.get("/targets").json()["data"]["activeTargets"]
        return len(targets) == 4 and all(target["health"] == "up" for target in targets)

    def evaluated() -> set[str]:
        groups = up.prometheus.get("/rules").json()["data"]["groups"]
        return {rule["name"] for group in groups for rule in group["rules"] if rule["health"] == "ok"}

    until(healthy, "every target up")
    expected = {rule.get("alert") or rule["record"] for rule in rules()}
    until(lambda: evaluated() == expected, "every rule evaluated")


def test_everybody_sees_the_dashboards_where_grafana_can_be_had(up: Stack) -> None:
    if "grafana" in up.left_out:
        return
    grafana = f"http://127.0.0.1:{up.ports['GRAFANA']}/api"
    found = httpx2.get(f"{grafana}/search", params={"type": "dash-db"}).json()
    series = httpx2.get(f"{grafana}/datasources/proxy/uid/prometheus/api/v1/query", params={"query": "up"}).json()

    assert len(found) == len(DASHBOARDS)
    assert len(series["data"]["result"]) == 4
    assert httpx2.get(f"{grafana}/admin/settings", auth=("admin", "admin")).status_code in (401, 403)


def test_collecting_again_changes_nothing(up: Stack) -> None:
    before = up.sql(f"CHECKSUM TABLE {TABLES}")

    up.compose("run", "--rm", "-T", "collect", "sample")

    assert up.sql(f"CHECKSUM TABLE {TABLES}") == before
    assert int(up.sql("SELECT COUNT(*) FROM cinecote.films")[0][0]) == 3200


def test_training_again_trains_anew(up: Stack) -> None:
    runs = "SELECT status FROM cinecote.job_runs WHERE job = 'train'"
    assert up.sql(runs) == [["succeeded"]]

    # The same films and settings give the same model, which is no news to the ledger.
    up.compose("run", "--rm", "-T", "train", "run")

    assert up.sql(runs) == [["succeeded"], ["succeeded"]]


@contextmanager
def predicting(api: httpx2.Client) -> Iterator[list[int]]:
    """The statuses of the predictions that are asked for, twenty a second, within the block."""
    statuses: list[int] = []
    over = Event()

    def ask() -> None:
        while not over.wait(0.05):
            statuses.append(api.post("/v1/predictions", json=FILM).status_code)

    asking = Thread(target=ask)
    asking.start()
    try:
        yield statuses
    finally:
        over.set()
        asking.join()


def test_predictions_go_on_while_mysql_restarts_and_films_come_back(up: Stack, tell: Tell) -> None:
    with predicting(up.api) as statuses:
        up.compose("restart", "mysql")
        up.compose("up", "-d", "--wait", "mysql")
        ready = time.monotonic()
        until(lambda: up.api.get("/v1/films").status_code == 200, "films", 10)
        back = time.monotonic() - ready

    tell(f"{len(statuses)} predictions meanwhile; films {back:.1f} s after MySQL was healthy")
    assert len(statuses) > 20
    assert set(statuses) == {200}


def test_a_backup_brings_back_a_dropped_database(up: Stack) -> None:
    before = up.sql(f"CHECKSUM TABLE {TABLES}, cinecote.promotions, mlflow.model_versions")

    up.compose("run", "--rm", "-T", "backup")
    up.sql("DROP DATABASE cinecote; DROP DATABASE mlflow")
    up.compose("run", "--rm", "-T", "restore")

    assert up.sql(f"CHECKSUM TABLE {TABLES}, cinecote.promotions, mlflow.model_versions") == before
    until(lambda: up.api.get("/v1/films").status_code == 200, "films", 10)


def test_a_receiver_is_told_of_an_alert_that_fires(up: Stack, tell: Tell) -> None:
    up.compose("up", "-d", "--wait", "alertmanager", "receiver")
    stopped = time.monotonic()
    up.compose("stop", "web")

    def told() -> list[dict[str, Any]]:
        return [alert for alert in up.alerts_told() if alert["labels"]["alertname"] == "CinecoteWebDown"]

    alert = until(told, "the alert", 240)[0]
    tell(f"told {time.monotonic() - stopped:.0f} s after the page was stopped")
    assert alert["status"] == "firing"
    assert alert["labels"]["severity"] == "critical"
    assert alert["annotations"]["runbook_url"] == "docs/runbook.md#cinecotewebdown"
    up.compose("up", "-d", "--wait", "web")


def test_no_log_has_a_password(up: Stack) -> None:
    printed = up.compose("--profile", "alerting", "logs", "--no-color")

    assert "cinecote" in printed
    assert not [password for password in up.passwords() if password in printed]
