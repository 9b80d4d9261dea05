"""The cluster that KUBECONFIG names, by Kubernetes' own client, kubectl and helm."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import yaml
from kubernetes import client, config
from tests.monitoring import ROOT


@dataclass(frozen=True)
class Answer:
    """What a Service answered."""

    status: int
    headers: dict[str, str]
    text: str


class Cluster:
    """One cluster; `core`, `apps` and the others are its APIs, whose models make optional what is always there."""

    def __init__(self) -> None:
        self._api = config.new_client_from_config()  # type: ignore[no-untyped-call]
        self.core: Any = client.CoreV1Api(self._api)
        self.apps: Any = client.AppsV1Api(self._api)
        self.batch: Any = client.BatchV1Api(self._api)
        self.network: Any = client.NetworkingV1Api(self._api)
        self.custom: Any = client.CustomObjectsApi(self._api)

    def run(self, *command: str, typed: str = "", seconds: float = 600) -> str:
        """What a command prints; it must succeed."""
        ran = subprocess.run(
            command, input=typed, capture_output=True, text=True, timeout=seconds, cwd=ROOT, check=False
        )
        assert ran.returncode == 0, f"{' '.join(command)}: {ran.returncode}\n{ran.stdout}\n{ran.stderr}"
        return ran.stdout

    def ask(self, namespace: str, service: str, path: str, body: str | None = None) -> Answer:
        """Ask a Service (`name:port`) through the API server, which finds a ready pod of it as any client would."""
        address = f"{self._api.configuration.host}/api/v1/namespaces/{namespace}/services/{service}/proxy{path}"
        headers = {"Content-Type": "application/json"} if body else {}
        method = "POST" if body else "GET"
        self._api.update_params_for_auth(headers, [], ["BearerToken"], path, method, body)
        # The client's own way would ask again, and hide what is looked for here.
        answer = self._api.rest_client.pool_manager.request(
            method, address, body=body, headers=headers, retries=False, timeout=30
        )
        return Answer(answer.status, dict(answer.headers), answer.data.decode())

    def version(self) -> str:
        """Which Kubernetes it is, as helm takes it."""
        told = json.loads(self.run("kubectl", "version", "-o", "json"))
        return str(told["serverVersion"]["gitVersion"])

    @contextmanager
    def namespace(self, name: str) -> Iterator[str]:
        """A namespace of the test's own, with the labels that k8s/namespace.yaml gives; it is deleted afterwards."""
        manifest: dict[str, Any] = yaml.safe_load((ROOT / "k8s/namespace.yaml").read_text())
        unique = f"{name}-{uuid4().hex[:6]}"
        manifest["metadata"]["name"] = unique
        self.run("kubectl", "create", "-f", "-", typed=yaml.safe_dump(manifest))
        try:
            yield unique
        finally:
            self.run("kubectl", "delete", "namespace", unique, "--timeout=5m")
