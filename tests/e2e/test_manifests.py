"""`kubectl apply -k k8s`: the same as the chart's, without Helm."""

import json
import re
import shutil
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest
import yaml
from tests.deploy.declared import made
from tests.monitoring import ROOT

from .cluster import Cluster
from .release import CHART, FILM, NAME, Release

# What names the namespace: objects, the Namespace itself, and the names by which MLflow may be asked for.
HOMES = re.compile(r"(?<=namespace: )cinecote$|(?<=^  name: )cinecote$|(?<=cinecote-mlflow\.)cinecote(?=[.:])", re.M)


@pytest.fixture(scope="module")
def applied(ground: Release, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """k8s/ applied as it stands, but for the namespace, which is the test's own, and ready."""
    folder = tmp_path_factory.mktemp("manifests") / "k8s"
    shutil.copytree(ROOT / "k8s", folder)
    for path in folder.rglob("*.yaml"):
        path.write_text(HOMES.sub(ground.namespace, path.read_text()))
    secrets = [f"--from-literal={name}={token_hex(16)}" for name in made()]
    ground.kubectl("create", "secret", "generic", NAME, *secrets)
    ground.kubectl("apply", "-k", str(folder))
    ground.wait_for_rollout("mlflow", "api", "web")
    return folder


def test_k8s_holds_the_chart_s_objects(cluster: Cluster) -> None:
    ours = _objects(cluster.run("kubectl", "kustomize", "k8s"))
    chart = _objects(_template(cluster, NAME))

    namespace = ours.pop(("Namespace", NAME))
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert ours == chart


def test_what_was_applied_predicts(ground: Release, applied: Path) -> None:
    assert ground.page_answer(FILM)


def test_what_was_applied_is_what_the_chart_would_make_of_it(ground: Release, applied: Path) -> None:
    chart = _template(ground.cluster, ground.namespace)

    # It compares as the API server would have it, with its defaults, and fails on any difference.
    difference = ground.kubectl("diff", "-f", "-", typed=chart)

    assert difference == ""
    assert _states(ground).keys() == _objects(chart).keys()


def test_applying_again_changes_nothing(ground: Release, applied: Path) -> None:
    before = _states(ground)

    ground.kubectl("apply", "-k", str(applied))

    assert _states(ground) == before


def _template(cluster: Cluster, namespace: str) -> str:
    """What the chart would make for this cluster where the Secret is there already, tests aside."""
    values = ("--values", "k8s/values.yaml", "--skip-tests", "--kube-version", cluster.version())
    return cluster.run("helm", "template", NAME, str(CHART), "--namespace", namespace, *values)


def _objects(documents: str) -> dict[tuple[str, str], Any]:
    found = [each for each in yaml.safe_load_all(documents) if each]
    return {(each["kind"], each["metadata"]["name"]): each for each in found}


def _states(release: Release) -> dict[tuple[str, str], object]:
    """What is wanted of the release's objects in the namespace, but for those that controllers made of them."""
    kinds = release.cluster.run("kubectl", "api-resources", "--namespaced", "--verbs=list", "-o", "name").split()
    listed = ",".join(kind for kind in kinds if not kind.startswith("events") and "metrics" not in kind)
    printed = release.kubectl("get", listed, "-l", f"app.kubernetes.io/instance={NAME}", "-o", "json")
    items = json.loads(printed)["items"]
    targets = [each["spec"]["scaleTargetRef"] for each in items if each["kind"] == "HorizontalPodAutoscaler"]
    scaled = [(target["kind"], target["name"]) for target in targets]
    return {
        (kind, about["name"]): _wanted(each, (kind, about["name"]) in scaled)
        for each in items
        for kind, about in [(each["kind"], each["metadata"])]
        # A StatefulSet's claim has its labels and no owner; Endpoints have their Service's.
        if "ownerReferences" not in about and "helm.sh/chart" in about["labels"] and kind != "Endpoints"
    }


def _wanted(found: dict[str, Any], is_scaled: bool) -> dict[str, Any]:
    """`found` without what controllers write with the load: states, versions, and how many pods an autoscaler wants."""
    about = {name: value for name, value in found["metadata"].items() if name not in ("resourceVersion", "generation")}
    wanted = {name: value for name, value in found.items() if name != "status"} | {"metadata": about}
    if is_scaled:
        wanted["spec"] = {name: value for name, value in found["spec"].items() if name != "replicas"}
    return wanted
