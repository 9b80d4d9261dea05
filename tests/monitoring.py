"""What the dashboards and rules ask of Prometheus, for the tests that compare it and those that run it."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from cinecote.registry import MODEL_NAME

ROOT = Path(__file__).parents[1]
FILES = ROOT / "helm/cinecote/files"
DASHBOARDS = sorted((FILES / "dashboards").glob("*.json"))
RULES = sorted((FILES / "rules").glob("*.yaml"))

_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"')
_MATCHERS = re.compile(r"\{[^}]*\}|\[[^\]]*\]")
_GROUPING = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)")
_NAME = re.compile(r"(?<![\w:.])[a-zA-Z_:][\w:]*(?!\s*\()\b(?!\()")
_OPERATORS = {"and", "or", "unless", "bool", "offset", "by", "without", "on", "ignoring", "group_left", "group_right"}


@dataclass(frozen=True)
class Question:
    """A panel's query as Prometheus is asked it, with its namespaces and a rate over a minute."""

    dashboard: str
    panel: str
    expression: str

    @property
    def needs_cluster(self) -> bool:
        """Whether it is about containers, which only a cluster's own exporter tells of."""
        return any(name.startswith("container_") for name in metric_names(self.expression))

    def __str__(self) -> str:
        return f"{self.dashboard}: {self.panel}"


def load(dashboard: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(dashboard.read_text(encoding="utf-8"))
    return loaded


def panels(dashboard: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every panel that shows something, those within rows too."""
    for panel in dashboard["panels"]:
        if panel["type"] == "row":
            yield from panel["panels"]
        else:
            yield panel


def questions(namespaces: str = ".*") -> list[Question]:
    """Every query of every panel, about the namespaces that this expression names."""
    return [
        Question(path.stem, panel["title"], _filled(target["expr"], namespaces))
        for path in DASHBOARDS
        for panel in panels(load(path))
        for target in panel["targets"]
    ]


def rules() -> list[dict[str, Any]]:
    """Every rule, recording and alerting."""
    return [rule for path in RULES for group in yaml.safe_load(path.read_text())["groups"] for rule in group["rules"]]


def alerts() -> dict[str, dict[str, Any]]:
    """The alerting rules by name."""
    return {rule["alert"]: rule for rule in rules() if "alert" in rule}


def metric_names(expression: str) -> set[str]:
    """The series' names in a PromQL expression."""
    bare = expression
    for noise in (_STRINGS, _MATCHERS, _GROUPING):
        bare = noise.sub(" ", bare)
    return {name for name in _NAME.findall(bare) if name not in _OPERATORS}


def _filled(expression: str, namespaces: str) -> str:
    filled = expression.replace("$namespace", namespaces).replace("$model", MODEL_NAME)
    return filled.replace("$__rate_interval", "1m")
