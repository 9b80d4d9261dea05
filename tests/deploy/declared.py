"""What compose, the chart and Skaffold declare, side by side."""

import re
from pathlib import Path
from typing import Any

import yaml

from cinecote.migrate import MigrateSettings
from cinecote.settings import ComponentSettings
from cinecote.storage_metrics import StorageSettings
from cinecote_api.settings import ApiSettings
from cinecote_collect.settings import CollectSettings
from cinecote_mlflow.settings import MlflowSettings
from cinecote_train.settings import TrainSettings
from cinecote_web.settings import WebSettings

ROOT = Path(__file__).parents[2]

# By the name of compose's service and of the chart's container.
SETTINGS: dict[str, type[ComponentSettings]] = {
    "api": ApiSettings,
    "web": WebSettings,
    "mlflow": MlflowSettings,
    "collect": CollectSettings,
    "train": TrainSettings,
    "migrate": MigrateSettings,
    "mysql-storage": StorageSettings,
    "mlflow-storage": StorageSettings,
}


def load(path: str) -> dict[str, Any]:
    """A file's only document."""
    (loaded,) = load_all(path)
    return loaded


def load_all(path: str) -> list[dict[str, Any]]:
    return list(filter(None, yaml.safe_load_all((ROOT / path).read_text(encoding="utf-8"))))


COMPOSE = load("docker-compose.yml")
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
SKAFFOLD = load_all("skaffold.yaml")


def documented() -> dict[str, str]:
    """Every variable of `.env.example` with its value."""
    lines = (ROOT / ".env.example").read_text().splitlines()
    return {found[1]: found[2] for line in lines if (found := re.fullmatch(r"#? ?([A-Z][A-Z0-9_]+)=(.*)", line))}


def passwords() -> set[str]:
    """Those of MySQL's users: compose and the chart read them, no component does."""
    return {name for name in documented() if re.fullmatch("MYSQL_[A-Z]+_PASSWORD", name)}


def made() -> set[str]:
    """What `make env` and the chart make at random: the passwords, and what the page's replicas share."""
    return passwords() | {"CINECOTE_WEB_SECRET"}


def read(component: type[ComponentSettings]) -> set[str]:
    """The variables that a component reads."""
    return {str(field.validation_alias) for field in component.model_fields.values()}


def interpolated() -> dict[str, str]:
    """The variables that compose puts into its file, each with what follows its name there: a default or a demand."""
    text = (ROOT / "docker-compose.yml").read_text()
    found = set(re.findall(r"(?<!\$)\$\{([A-Z_0-9]+)([^}]*)\}", text))
    assert len(found) == len(dict(found)), "a variable has two defaults"
    return dict(found)


def passed_on() -> set[str]:
    """The variables that compose gives to containers as they are, if they are set."""
    return {
        name
        for service in SERVICES.values()
        for name, value in service.get("environment", {}).items()
        if value is None and name not in interpolated()
    }


def said_to_compose_alone() -> set[str]:
    """The documented variables that no component reads: compose does, or the images that aren't ours."""
    variables: set[str] = {*interpolated(), *passed_on(), *SERVICES["api"]["build"]["args"]}
    known = set().union(*map(read, SETTINGS.values())) | passwords()
    return variables - known - {"COMPONENT", "BACKUP"}


def containers() -> dict[str, dict[str, Any]]:
    """The chart's containers, by the name that the same thing has in compose."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted((ROOT / "k8s/rendered").glob("*.yaml")):
        for resource in load_all(str(path)):
            for pod in _pods(resource):
                for container in pod.get("initContainers", []) + pod["containers"]:
                    name = container["name"]
                    owner = str(resource["metadata"]["labels"]["app.kubernetes.io/component"])
                    found[f"{owner}-storage" if name == "storage-metrics" else name] = container
    return found


def _pods(declared: object) -> list[dict[str, Any]]:
    """The pods' specs in a manifest, however deep."""
    if not isinstance(declared, dict):
        return []
    if "containers" in declared:
        return [declared]
    return [pod for member in declared.values() for pod in _pods(member)]
