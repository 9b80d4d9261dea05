"""One release for all stories that don't need their own, and the figures that they found."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from .cluster import Cluster
from .prometheus import Prometheus, find_prometheus
from .release import FILM, Release

Tell = Callable[[str], None]


@pytest.fixture(scope="session")
def cluster() -> Cluster:
    missing = [command for command in ("kubectl", "helm", "make") if shutil.which(command) is None]
    if missing or not os.environ.get("KUBECONFIG"):
        pytest.skip(f"KUBECONFIG names no cluster, or {missing} is missing")
    if subprocess.run(["kubectl", "get", "--raw", "/readyz"], capture_output=True, check=False).returncode:
        pytest.skip("the cluster that KUBECONFIG names doesn't answer")
    return Cluster()


@pytest.fixture(scope="session")
def prometheus(cluster: Cluster) -> Prometheus:
    found = find_prometheus(cluster)
    if found is None:
        pytest.skip("the cluster that KUBECONFIG names has no Prometheus Operator")
    return found


@pytest.fixture(scope="session")
def installed(cluster: Cluster) -> Iterator[tuple[Release, float, float]]:
    """A release as it comes, watched by Prometheus where there is one; when it was begun, and how soon it predicted."""
    watched = find_prometheus(cluster)
    values: dict[str, Any] = {"monitoring.dashboards.enabled": True}
    if watched:
        values |= {"monitoring.serviceMonitors.enabled": True, "monitoring.rules.enabled": True}
        values |= {"monitoring.serviceMonitors.labels": watched.labels_for("serviceMonitor")}
        values |= {"monitoring.rules.labels": watched.labels_for("rule"), "monitoring.serviceMonitors.interval": "5s"}
    with cluster.namespace("cinecote-e2e") as namespace:
        release, began = Release(cluster, namespace), time.time()
        release.deploy("install", **values)
        assert release.page_answer(FILM)
        yield release, began, time.time() - began


@pytest.fixture(scope="session")
def release(installed: tuple[Release, float, float]) -> Release:
    return installed[0]


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Tell:
    """Has a figure stand in the run's summary."""
    return lambda figure: record_property("figure", figure)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, [])]
    for report in reports:
        for name, figure in report.user_properties:
            if name == "figure" and report.when == "call":
                terminalreporter.write_line(f"{report.nodeid.partition('::')[2]}: {figure}")
