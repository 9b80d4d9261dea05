"""The Prometheus that the cluster's operator runs."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from .cluster import Cluster

_SERVICE = "prometheus-operated:web"
Series = dict[str, Any]


@dataclass(frozen=True)
class Prometheus:
    """Asked through the API server; `spec` is what its custom resource says."""

    cluster: Cluster
    namespace: str
    spec: dict[str, Any]

    def labels_for(self, kind: str) -> dict[str, str]:
        """The labels by which it finds ServiceMonitors (`serviceMonitor`) or rules (`rule`)."""
        return dict((self.spec.get(f"{kind}Selector") or {}).get("matchLabels") or {})

    def query(self, expression: str) -> list[Series]:
        return list(self._get("query", query=expression)["result"])

    def query_range(self, expression: str, start: float, end: float) -> list[Series]:
        """Series with their values every five seconds."""
        return list(self._get("query_range", query=expression, start=start, end=end, step=5)["result"])

    def label_values(self, label: str, selector: str) -> list[str]:
        return list(self._get(f"label/{label}/values", **{"match[]": selector}))

    def rules(self) -> list[dict[str, Any]]:
        return [rule for group in self._get("rules")["groups"] for rule in group["rules"]]

    def _get(self, what: str, **parameters: object) -> Any:
        answer = self.cluster.ask(self.namespace, _SERVICE, f"/api/v1/{what}?{urlencode(parameters)}")
        assert answer.status == 200, f"{parameters}: {answer.text}"
        return json.loads(answer.text)["data"]


def find_prometheus(cluster: Cluster) -> Prometheus | None:
    """The first Prometheus that an operator runs on this cluster."""
    found = cluster.run(
        "kubectl", "get", "crd", "prometheuses.monitoring.coreos.com", "--ignore-not-found", "-o", "name"
    )
    if not found:
        return None
    resources = cluster.custom.list_cluster_custom_object("monitoring.coreos.com", "v1", "prometheuses")["items"]
    return next((Prometheus(cluster, each["metadata"]["namespace"], each["spec"]) for each in resources), None)
