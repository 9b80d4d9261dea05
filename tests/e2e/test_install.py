"""`helm install` on a namespace that admits no pod which could become root."""

import json

import pytest
from kubernetes.client import V1ObjectMeta, V1Pod

from .conftest import Installed, Tell
from .prometheus import Prometheus
from .release import CHART, FILM, NAME, Release, ready


def test_the_page_predicts_within_five_minutes(installed: Installed, tell: Tell) -> None:
    tell(f"{installed.seconds:.0f} s from `helm install` to a prediction on the page")

    assert installed.seconds < 300


def test_the_page_s_answer_is_the_api_s(release: Release) -> None:
    answer = json.loads(release.read("api", "/v1/predictions", FILM))

    assert release.page_answer(FILM) == answer["probabilities"]


def test_helm_test_tells_its_story(release: Release) -> None:
    told = release.helm("test", NAME, "--logs")

    assert "the page says so too" in told


def test_every_pod_is_admitted_and_ready(release: Release) -> None:
    core, namespace = release.cluster.core, release.namespace
    labels = core.read_namespace(namespace).metadata.labels
    pods = core.list_namespaced_pod(namespace, field_selector="status.phase!=Succeeded").items
    refused = core.list_namespaced_event(namespace, field_selector="reason=FailedCreate").items

    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    assert {pod.metadata.labels["app.kubernetes.io/component"] for pod in pods} == {"api", "web", "mysql", "mlflow"}
    assert all(ready(pod) for pod in pods)
    assert [event.message for event in refused] == []


@pytest.mark.parametrize("job", ["collect", "purge", "train", "drift", "backup", "restore"])
def test_the_pods_of_a_schedule_would_be_admitted(release: Release, job: str) -> None:
    cronjob = release.cluster.batch.read_namespaced_cron_job(f"{NAME}-{job}", release.namespace)
    template = cronjob.spec.job_template.spec.template
    pod = V1Pod(metadata=V1ObjectMeta(name=f"{job}-tried"), spec=template.spec)

    admitted = release.cluster.core.create_namespaced_pod(release.namespace, pod, dry_run="All")

    assert admitted.spec.containers[0].security_context.read_only_root_filesystem


def test_the_dashboards_lie_where_grafana_s_sidecar_looks(release: Release) -> None:
    found = release.cluster.core.list_namespaced_config_map(release.namespace, label_selector="grafana_dashboard=1")

    assert len(found.items) == 4
    assert all(json.loads(text)["panels"] for each in found.items for text in each.data.values())


def test_what_the_switches_add_would_be_admitted(release: Release, prometheus: Prometheus) -> None:
    told = ["monitoring.alerting.enabled=true", "monitoring.alerting.webhook.secret=told"]
    mailed = ["monitoring.alerting.email.to=us@example.org", "monitoring.alerting.email.smarthost=mail.example.org:587"]
    version = release.cluster.version()
    settings = [
        "--set",
        ",".join([*told, *mailed, "web.ingress.enabled=true"]),
        "--skip-tests",
        "--kube-version",
        version,
    ]
    added = ["templates/web/ingress.yaml", "templates/monitoring/alertmanagerconfig.yaml"]
    shown = [part for path in added for part in ("--show-only", path)]
    rendered = release.helm("template", NAME, str(CHART), *settings, *shown)

    admitted = release.kubectl("create", "--dry-run=server", "-f", "-", "-o", "name", typed=rendered)

    kinds = [line.partition(".")[0] for line in admitted.splitlines()]
    assert sorted(kinds) == ["alertmanagerconfig", "ingress"]
