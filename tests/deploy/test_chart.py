"""The chart's switches: what each adds and leaves out."""

import shutil
import subprocess
from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from .declared import ROOT

Objects = dict[tuple[str, str], dict[str, Any]]
MONITORED = {f"monitoring.{part}.enabled": "true" for part in ("serviceMonitors", "rules", "dashboards")}
TMDB = {"collect.source": "tmdb", "collect.tmdb.secret": "ours", "collect.tmdb.termsAccepted": "true"}
TOLD = {"monitoring.alerting.enabled": "true", "monitoring.alerting.webhook.secret": "told"}


def template(values: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    if shutil.which("helm") is None:
        pytest.skip("Helm isn't there: it comes with what a KUBECONFIG is for")
    settings = [f"--set={name}={value}" for name, value in values.items()]
    command = ["helm", "template", "cinecote", f"{ROOT}/helm/cinecote", "--kube-version=1.30.0", "--skip-tests"]
    return subprocess.run([*command, *settings], capture_output=True, text=True, check=False)


def objects(values: Mapping[str, str]) -> Objects:
    done = template(values)
    assert done.returncode == 0, done.stderr
    return {(each["kind"], each["metadata"]["name"]): each for each in yaml.safe_load_all(done.stdout) if each}


@pytest.fixture(scope="module")
def plain() -> Objects:
    return objects({})


@pytest.mark.parametrize(
    ("values", "added"),
    [
        ({"web.ingress.enabled": "true"}, {"Ingress"}),
        ({"web.httpRoute.enabled": "true", "web.httpRoute.parentRefs[0].name": "gateway"}, {"HTTPRoute"}),
        (MONITORED, {"ServiceMonitor", "PrometheusRule", "ConfigMap"}),
        (TOLD, {"AlertmanagerConfig"}),
    ],
)
def test_what_a_cluster_may_lack_comes_by_a_switch_alone(
    plain: Objects, values: dict[str, str], added: set[str]
) -> None:
    assert {kind for kind, _ in objects(values).keys() - plain.keys()} == added


@pytest.mark.parametrize(
    ("values", "component"),
    [
        ({"mysql.enabled": "false", "mysql.external.host": "db.example.org"}, "mysql"),
        ({"mlflow.enabled": "false", "mlflow.external.url": "https://dagshub.com/us/films.mlflow"}, "mlflow"),
        ({"backup.enabled": "false"}, "backup"),
        ({"setup.enabled": "false"}, "setup"),
        ({"secret.existing": "ours"}, "secret"),
    ],
)
def test_what_somebody_has_already_is_left_out_whole(plain: Objects, values: dict[str, str], component: str) -> None:
    found = objects(values)

    gone = {
        each["metadata"]["labels"]["app.kubernetes.io/component"] for name, each in plain.items() if name not in found
    }
    left = {each["metadata"]["labels"]["app.kubernetes.io/component"] for each in found.values()}
    assert component in gone
    assert component not in left


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"mysql.enabled": "false"}, "mysql.external.host"),
        ({"mlflow.enabled": "false"}, "mlflow.external.url"),
        ({"monitoring.alerting.enabled": "true"}, "monitoring.alerting.webhook.secret"),
        (TOLD | {"monitoring.alerting.email.to": "us@example.org"}, "monitoring.alerting.email.smarthost"),
        (TMDB | {"collect.tmdb.secret": ""}, "collect.tmdb.secret"),
        (TMDB | {"collect.tmdb.termsAccepted": "false"}, "collect.tmdb.termsAccepted"),
        ({"collect.source": "imdb"}, "source"),
        ({"api.replica": "3"}, "replica"),
        ({"collect.source": "tape"}, "source"),
        ({"collect.source": "csv"}, "collect.csv.files"),
        ({"collect.source": "csv", "collect.csv.files": "{films.csv}"}, "collect.csv.existingClaim"),
        ({"collect.source": "csv", "collect.csv.files": "{http://example.org/films.csv}"}, "no https address"),
        ({"purge.predictionDays": "181"}, "predictionDays"),
        ({"backup.maxAgeDays": "181"}, "maxAgeDays"),
        ({"image.pullPolicy": "Sometimes"}, "pullPolicy"),
    ],
)
def test_a_value_that_can_not_be_is_refused_by_name(values: dict[str, str], named: str) -> None:
    done = template(values)

    assert done.returncode != 0
    assert named in done.stderr


def test_the_first_collecting_has_its_own_time_before_the_training(plain: Objects) -> None:
    jobs = {name: each["spec"] for (_, name), each in plain.items() if each["kind"] in ("Job", "CronJob")}
    (setup,) = (spec["activeDeadlineSeconds"] for name, spec in jobs.items() if name.startswith("cinecote-setup"))
    collect, train = (
        jobs[f"cinecote-{name}"]["jobTemplate"]["spec"]["activeDeadlineSeconds"] for name in ("collect", "train")
    )

    assert setup == collect + train
    # A pass over the daily export: 1.1 million ids at 35 a second.
    assert collect > 1_100_000 / 35


def test_a_run_s_bounds_can_be_set_and_reach_both_that_collect() -> None:
    contract = {"minRows": "2000000", "minVolume": "0", "maxRejected": "1", "maxUnknown.revenue": "1"}
    found = objects({f"collect.contract.{name}": value for name, value in contract.items()})
    scheduled = found["CronJob", "cinecote-collect"]["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]
    (setup,) = (each for (kind, name), each in found.items() if kind == "Job" and name.startswith("cinecote-setup"))

    for container in (scheduled, setup["spec"]["template"]["spec"]["initContainers"][1]):
        said = {each["name"]: each.get("value") for each in container["env"]}
        assert said["CINECOTE_COLLECT_MIN_ROWS"] == "2000000"
        assert said["CINECOTE_COLLECT_MIN_VOLUME"] == "0"
        assert said["CINECOTE_COLLECT_MAX_REJECTED"] == "1"
        assert "revenue=1" in said["CINECOTE_COLLECT_MAX_UNKNOWN"].split(",")


OWN = {"collect.source": "csv", "collect.csv.files": "{https://example.org:8443/a.csv,b.csv}"}


def test_films_of_one_s_own_come_from_a_claim_and_from_addresses(plain: Objects) -> None:
    own = objects(OWN | {"collect.csv.existingClaim": "films", "collect.csv.sourceName": "own"})

    assert command(plain)["args"] == ["sample"]
    assert command(own)["args"] == ["csv", "--source", "own", "--", "https://example.org:8443/a.csv", "b.csv"]
    assert {"name": "own-films", "mountPath": "/data", "readOnly": True} in command(own)["volumeMounts"]


def test_only_what_collects_from_an_address_may_reach_the_net_and_there_one_port(plain: Objects) -> None:
    own = objects(OWN | {"collect.csv.existingClaim": "films"})

    assert anywhere(plain) == {}
    assert anywhere(own) == {"cinecote-collect": {8443}, "cinecote-setup": {8443}}


def command(found: Objects) -> dict[str, Any]:
    pod = found["CronJob", "cinecote-collect"]["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    return dict(pod["containers"][0])


def anywhere(found: Objects) -> dict[str, set[int]]:
    """By policy, the ports at which its pods reach whatever host; names are asked for at 53."""
    open_ports = {
        name: {
            int(port["port"]) for rule in each["spec"].get("egress", []) if "to" not in rule for port in rule["ports"]
        }
        for (kind, name), each in found.items()
        if kind == "NetworkPolicy"
    }
    return {name: ports - {53} for name, ports in open_ports.items() if ports - {53}}


def test_each_side_of_a_signature_has_its_own_key_and_only_where_a_secret_is_named(plain: Objects) -> None:
    signing = objects({"signing.secret": "keys"})

    assert secrets_named(plain, "keys") == {}
    assert secrets_named(signing, "keys") == {"api": {"CINECOTE_VERIFY_KEY"}, "train": {"CINECOTE_SIGNING_KEY"}}


def test_dask_comes_by_its_switch_and_trainings_schedule_uses_it(plain: Objects) -> None:
    found = objects({"train.dask.enabled": "true", "train.args": "{compare}"})

    added = {
        (kind, f"cinecote-dask-{part}")
        for part in ("scheduler", "worker")
        for kind in ("Deployment", "NetworkPolicy")
    } | {("Service", "cinecote-dask-scheduler")}  # fmt: skip
    assert found.keys() - plain.keys() == added
    (training,) = containers_of(found["CronJob", "cinecote-train"], "train")
    assert training["args"] == ["compare", "--dask", "tcp://cinecote-dask-scheduler:8786"]
    (worker,) = containers_of(found["Deployment", "cinecote-dask-worker"], "dask-worker")
    assert {"tcp://cinecote-dask-scheduler:8786", "8789"} < set(worker["command"])
    assert worker["image"] == training["image"]
    # A worker refuses the work for another database than its own.
    assert environment(worker)["DATABASE_URL"] == environment(training)["DATABASE_URL"]


def test_nobody_but_training_and_each_other_reaches_what_runs_whatever_it_is_sent() -> None:
    found = objects({"train.dask.enabled": "true"})

    assert senders(found["NetworkPolicy", "cinecote-dask-scheduler"]) == {8786: {"train", "dask-worker"}}
    assert senders(found["NetworkPolicy", "cinecote-dask-worker"]) == {8789: {"dask-scheduler", "dask-worker"}}
    assert "dask-worker" in senders(found["NetworkPolicy", "cinecote-mysql"])[3306]
    assert {8786, 3306} <= ports_to(found["NetworkPolicy", "cinecote-dask-worker"])
    assert 8786 in ports_to(found["NetworkPolicy", "cinecote-train"])


def senders(policy: dict[str, Any]) -> dict[int, set[str]]:
    """By port, the components whose pods may come in there."""
    found: dict[int, set[str]] = {}
    for rule in policy["spec"]["ingress"]:
        for sender in rule["from"]:
            component = sender.get("podSelector", {}).get("matchLabels", {}).get("app.kubernetes.io/component")
            found.setdefault(rule["ports"][0]["port"], set()).add(component)
    return found


def containers_of(declared: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [container for container in containers_in(declared) if container["name"] == name]


def environment(container: dict[str, Any]) -> dict[str, str]:
    """The variables that the container is given outright."""
    return {each["name"]: each["value"] for each in container.get("env", []) if "value" in each}


def test_films_from_tmdb_take_its_token_from_a_secret_and_may_leave_the_cluster(plain: Objects) -> None:
    found = objects(TMDB | {"collect.options[0]": "--votes=100"})

    job = found["CronJob", "cinecote-collect"]["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    assert job["containers"][0]["args"] == ["tmdb", "--votes=100"]
    assert secrets_named(found, "ours") == {"collect": {"TMDB_TOKEN"}}
    for component in ("collect", "setup"):
        policy = "NetworkPolicy", f"cinecote-{component}"
        assert 443 not in ports_to(plain[policy])
        assert 443 in ports_to(found[policy])


def ports_to(policy: dict[str, Any]) -> set[int]:
    return {port["port"] for rule in policy["spec"]["egress"] for port in rule["ports"]}


def secrets_named(found: Objects, secret: str) -> dict[str, set[str]]:
    """By container, the keys of this Secret that it gets."""
    named: dict[str, set[str]] = {}
    for each in found.values():
        for container in containers_in(each):
            for variable in container.get("env", []):
                source = variable.get("valueFrom", {}).get("secretKeyRef", {})
                if source.get("name") == secret:
                    named.setdefault(container["name"], set()).add(source["key"])
    return named


def containers_in(declared: object) -> list[dict[str, Any]]:
    """Every container in an object, however deep."""
    if isinstance(declared, list):
        return [container for each in declared for container in containers_in(each)]
    if not isinstance(declared, dict):
        return []
    if isinstance(declared.get("containers"), list):
        return [*declared["containers"], *declared.get("initContainers", [])]
    return [container for member in declared.values() for container in containers_in(member)]
