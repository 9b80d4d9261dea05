"""`kubectl apply -k k8s`: the same as the chart's, without Helm."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest
import yaml
from tests.monitoring import ROOT

from .cluster import Cluster
from .release import CHART, FILM, NAME, Release

WITH_SECRET = ("--values", str(ROOT / "k8s/values.yaml"), "--skip-tests")
# What names the namespace: objects, the Namespace itself, and the names by which MLflow may be asked for.
HOMES = re.compile(r"(?<=namespace: )cinecote$|(?<=^  name: )cinecote$|(?<=cinecote-mlflow\.)cinecote(?=[.:])", re.M)


@pytest.fixture(scope="module")
def applied(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Release, Path]]:
    """k8s/ applied as it stands, but for the namespace, which is the test's own."""
    folder = tmp_path_factory.mktemp("manifests") / "k8s"
    shutil.copytree(ROOT / "k8s", folder)
    with cluster.namespace("cinecote-k8s") as namespace:
        for path in folder.rglob("*.yaml"):
            path.write_text(HOMES.sub(namespace, path.read_text()))
        release = Release(cluster, namespace)
        release.kubectl("create", "secret", "generic", NAME, *_passwords())
        release.kubectl("apply", "-k", str(folder))
        yield release, folder


def test_k8s_holds_the_chart_s_objects(cluster: Cluster) -> None:
    ours = _objects(cluster.run("kubectl", "kustomize", "k8s"))
    chart = _objects(cluster.run("helm", "template", NAME, str(CHART), "--namespace", NAME, *WITH_SECRET))

    namespace = ours.pop(("Namespace", NAME))
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert ours == chart


def test_what_was_applied_is_what_the_chart_would_make_of_it(applied: tuple[Release, Path]) -> None:
    release, _ = applied
    chart = release.helm("template", NAME, str(CHART), *WITH_SECRET)

    # It compares as the API server would have it, with its defaults, and fails on any difference.
    difference = release.kubectl("diff", "-f", "-", typed=chart)

    assert difference == ""
    assert _there(release) == set(_objects(chart))


def test_applying_again_changes_nothing(applied: tuple[Release, Path]) -> None:
    release, folder = applied

    told = release.kubectl("apply", "-k", str(folder)).splitlines()

    assert told
    assert [line for line in told if not line.endswith(" unchanged")] == []


def test_what_was_applied_predicts(applied: tuple[Release, Path]) -> None:
    release, _ = applied

    release.wait_for_rollout("mlflow", "api", "web")

    assert release.page_answer(FILM)


def _passwords() -> list[str]:
    names = re.findall("^(MYSQL_[A-Z]+_PASSWORD)=", (ROOT / ".env.example").read_text(), re.M)
    return [f"--from-literal={name}={token_hex(16)}" for name in names]


def _objects(documents: str) -> dict[tuple[str, str], Any]:
    found = [each for each in yaml.safe_load_all(documents) if each]
    return {(each["kind"], each["metadata"]["name"]): each for each in found}


def _there(release: Release) -> set[tuple[str, str]]:
    """What of the release lies in the namespace, but for what controllers made of it."""
    kinds = release.cluster.run("kubectl", "api-resources", "--namespaced", "--verbs=list", "-o", "name").split()
    listed = ",".join(kind for kind in kinds if not kind.startswith("events") and "metrics" not in kind)
    printed = release.kubectl("get", listed, "-l", f"app.kubernetes.io/instance={NAME}", "-o", "yaml")
    found = [each for each in yaml.safe_load(printed)["items"] if not each["metadata"].get("ownerReferences")]
    # An EndpointSlice, Endpoints or a StatefulSet's claim has the labels of what it was made for.
    return {(each["kind"], each["metadata"]["name"]) for each in found if "helm.sh/chart" in each["metadata"]["labels"]}
