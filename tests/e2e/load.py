"""A steady load on a release's Services, from a pod beside it."""

import itertools
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import yaml

from .release import FILM, NAME, PORTS, Release, wait_until

RATE = 50
# A page is as much work as dozens of predictions: with more of them a node of two cores has nothing left for the pods
# that start meanwhile.
PREDICTIONS_A_PAGE = 9
SCRIPT = Path(__file__).with_name("open_loop.py")
# One with everything, and ones of which little is known.
FILMS: list[dict[str, int]] = [
    FILM | {"release_year": 1999},
    {"budget": 30_000_000},
    {"revenue": 2_000_000, "vote_count": 80, "runtime": 88},
    {"revenue": 900_000_000, "budget": 200_000_000, "vote_count": 21_000, "runtime": 141},
]


@dataclass
class Load:
    """Requests that are being sent; `told` is what became of them, whole after the `with`."""

    release: Release
    told: dict[str, Any] = field(default_factory=dict)

    def look(self) -> dict[str, Any]:
        lines = self.release.kubectl("logs", "pod/load", "--tail=1").splitlines()
        self.told = json.loads(lines[0]) if lines and lines[0].startswith("{") else {"sent": 0}
        return self.told

    def wait_for(self, requests: int) -> None:
        """Wait until so many more have been sent."""
        begun = self.look()["sent"]
        # Not looked at before: each look takes the cluster's time, too.
        time.sleep(requests / RATE)
        wait_until(lambda: self.look()["sent"] >= begun + requests, 60 + 2 * requests / RATE)

    def __str__(self) -> str:
        bound = f"with 95 % confidence under {3 / self.told['sent']:.3%} are"
        speed = ", ".join(f"{name} {self.told[name] * 1000:.0f} ms" for name in ("p50", "p99", "slowest"))
        return f"{self.told['lost']} of {self.told['sent']} requests lost ({bound}); {speed}"


@contextmanager
def steady_load(release: Release) -> Iterator[Load]:
    """Fifty requests a second from the `with`'s first line to its last, for estimates of the api and of the page."""
    release.kubectl("create", "configmap", "load", f"--from-file={SCRIPT.name}={SCRIPT}")
    release.kubectl("create", "-f", "-", typed=yaml.safe_dump(_pod(release)))
    try:
        release.kubectl("wait", "--for=condition=Ready", "pod/load", "--timeout=2m")
        load = Load(release)
        load.wait_for(5 * RATE)
        yield load
        release.kubectl("exec", "load", "--", "sh", "-c", "kill 1")
        wait_until(lambda: load.look().get("ended"), 30)
        print(load)
    finally:
        release.kubectl("delete", "pod/load", "configmap/load", "--grace-period=0", "--force")


def _targets() -> list[dict[str, Any]]:
    address = {component: f"http://{NAME}-{component}:{port}" for component, port in PORTS.items()}
    predictions = [{"url": f"{address['api']}/v1/predictions", "body": film, "expected": "category"} for film in FILMS]
    pages = [
        {"url": f"{address['web']}/?{urlencode(film)}", "body": None, "expected": "data-category"} for film in FILMS
    ]
    asked: Iterator[dict[str, Any]] = itertools.cycle(predictions)
    return [target for page in pages for target in (*itertools.islice(asked, PREDICTIONS_A_PAGE), page)]


def _pod(release: Release) -> dict[str, Any]:
    """A pod of the api's image, which has the HTTP client, held to what the namespace demands."""
    image = release.pods("api")[0].spec.containers[0].image
    environment = {"RATE": str(RATE), "TARGETS": json.dumps(_targets())}
    container = {
        "name": "load",
        "image": image,
        "command": ["python", f"/load/{SCRIPT.name}"],
        "env": [{"name": name, "value": value} for name, value in environment.items()],
        "volumeMounts": [{"name": "load", "mountPath": "/load"}],
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        # Without a promise it would wait for the CPU itself, and take that for the services' waiting.
        "resources": {"requests": {"cpu": "200m", "memory": "64Mi"}},
    }
    spec = {
        "restartPolicy": "Never",
        "automountServiceAccountToken": False,
        "securityContext": {"runAsNonRoot": True, "runAsUser": 10001, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [container],
        "volumes": [{"name": "load", "configMap": {"name": "load"}}],
    }
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "load"}, "spec": spec}
