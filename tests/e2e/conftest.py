"""One release for all stories that don't need their own, and the figures that they found."""

import hashlib
import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from .cluster import Cluster
from .prometheus import Prometheus, find_prometheus
from .release import FILM, Release

Tell = Callable[[str], None]


@pytest.fixture(scope="session")
def cluster() -> Cluster:
    missing = [command for command in ("kubectl", "helm", "make") if shutil.which(command) is None]
    missing += [] if os.environ.get("KUBECONFIG") else ["KUBECONFIG"]
    if missing:
        pytest.skip(f"a cluster needs KUBECONFIG, kubectl, helm and make; missing: {', '.join(missing)}")
    if subprocess.run(["kubectl", "get", "--raw", "/readyz"], capture_output=True, check=False).returncode:
        pytest.skip("the cluster that KUBECONFIG names doesn't answer")
    return Cluster()


@pytest.fixture(scope="session")
def prometheus(cluster: Cluster) -> Prometheus:
    found = find_prometheus(cluster)
    if found is None:
        pytest.skip("the cluster that KUBECONFIG names has no Prometheus Operator")
    return found


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Have tests on one ground follow each other, and the ground be cleared before the next."""
    if "ground" in metafunc.fixturenames:
        name = next((own for own in ("applied", "old") if own in metafunc.fixturenames), "installed")
        metafunc.parametrize("ground", [name], indirect=True, scope="session")


@pytest.fixture(scope="session")
def ground(cluster: Cluster, request: pytest.FixtureRequest) -> Iterator[Release]:
    """Where a release will stand, alone: a small cluster has no room for two."""
    with cluster.namespace(f"cinecote-{request.param}") as namespace:
        yield Release(cluster, namespace)


@dataclass(frozen=True)
class Installed:
    """A release, when installing it was begun, and the seconds until its page predicted."""

    release: Release
    began: float
    seconds: float


@pytest.fixture(scope="session")
def token() -> str:
    """What an admin of the release sends; with no other key, predictions and reading stay open."""
    return f"cine_{secrets.token_urlsafe(32)}"


@pytest.fixture(scope="session")
def installed(ground: Release, token: str) -> Installed:
    """A release as it comes, watched by Prometheus where there is one."""
    watched = find_prometheus(ground.cluster)
    entry = f"us:admin:{hashlib.sha256(token.encode()).hexdigest()}"
    literals = [f"--from-literal=CINECOTE_API_KEYS={entry}", f"--from-literal=CINECOTE_API_KEY={token}"]
    ground.kubectl("create", "secret", "generic", "keys", *literals)
    values: dict[str, Any] = {"monitoring.dashboards.enabled": True, "api.keys.secret": "keys"}
    if watched:
        values |= {"monitoring.serviceMonitors.enabled": True, "monitoring.rules.enabled": True}
        values |= {"monitoring.serviceMonitors.labels": watched.labels_for("serviceMonitor")}
        values |= {"monitoring.rules.labels": watched.labels_for("rule"), "monitoring.serviceMonitors.interval": "5s"}
    began = time.time()
    ground.deploy("install", values)
    assert ground.page_answer(FILM)
    seconds = time.time() - began
    ground.wait_for_setup()
    return Installed(ground, began, seconds)


@pytest.fixture(scope="session")
def release(installed: Installed) -> Release:
    return installed.release


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
