"""The chart's release in a namespace: installed, asked, its jobs run, its pods and rows looked at."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode
from uuid import uuid4

from tests.monitoring import ROOT

from .cluster import Answer, Cluster

CHART = ROOT / "helm/cinecote"
NAME = "cinecote"
FILM = {"revenue": 150_000_000, "budget": 30_000_000, "vote_count": 5200, "runtime": 121}
PORTS = {"api": 8000, "web": 8080}
REFUSED = "exit code 4"
"""How Kubernetes tells that a job's pod was refused by a gate."""

Found = TypeVar("Found")


@dataclass(frozen=True)
class Release:
    """A release called cinecote in `namespace`."""

    cluster: Cluster
    namespace: str

    def helm(self, verb: str, *arguments: str) -> str:
        return self.cluster.run("helm", verb, "--namespace", self.namespace, *arguments)

    def kubectl(self, *arguments: str, typed: str = "") -> str:
        return self.cluster.run("kubectl", "--namespace", self.namespace, *arguments, typed=typed)

    def deploy(self, verb: str, values: dict[str, Any], chart: Path = CHART, *, reuse: bool = False) -> None:
        """Install or upgrade, and wait until all of it is ready; with `reuse` the other values stay as they are."""
        settings = [f"--set-json={name}={json.dumps(value)}" for name, value in values.items()]
        settings += ["--reuse-values"] if reuse else []
        self.helm(verb, NAME, str(chart), "--wait", "--timeout", "10m", *settings)

    def ask(self, component: str, path: str, body: dict[str, Any] | None = None) -> Answer:
        service = f"{NAME}-{component}:http"
        return self.cluster.ask(self.namespace, service, path, json.dumps(body) if body else None)

    def read(self, component: str, path: str, body: dict[str, Any] | None = None) -> str:
        """The text of an answer, which must be good."""
        answer = self.ask(component, path, body)
        assert answer.status == 200, answer
        return answer.text

    def page_answer(self, film: dict[str, int]) -> dict[str, float]:
        """The probabilities by category that the page shows for a film."""
        page = _Figures()
        page.feed(self.read("web", f"/?{urlencode(film)}"))
        return page.figures

    def pods(self, component: str) -> list[Any]:
        """A component's pods that aren't on their way out."""
        selector = f"app.kubernetes.io/instance={NAME},app.kubernetes.io/component={component}"
        found = self.cluster.core.list_namespaced_pod(self.namespace, label_selector=selector).items
        return [pod for pod in found if pod.metadata.deletion_timestamp is None]

    def run_job(
        self, cronjob: str, *, arguments: Sequence[str] = (), refusable: bool = False, **variables: str
    ) -> None:
        """Run a CronJob's job now, to a good end or, where `refusable`, to one where a gate said no.

        `arguments` and `variables` stand in for those that it has.
        """
        name = f"{cronjob}-{uuid4().hex[:6]}"
        made = self.kubectl("create", "job", name, f"--from=cronjob/{NAME}-{cronjob}", "--dry-run=client", "-o=json")
        job = json.loads(made)
        container = job["spec"]["template"]["spec"]["containers"][0]
        if arguments:
            container["args"] = list(arguments)
        for variable in container.get("env", []):
            if variable["name"] in variables:
                variable["value"] = variables[variable["name"]]
        self.kubectl("create", "-f", "-", typed=json.dumps(job))

        end = wait_until(lambda: self._end(name), 600)
        refused = REFUSED in end.get("Failed", "")
        assert "Complete" in end or (refusable and refused), (name, end, self.kubectl("logs", f"job/{name}"))

    def _end(self, job: str) -> dict[str, str]:
        """The conditions that a job ended in, with what they say; none where it goes on."""
        found = self.cluster.batch.read_namespaced_job_status(job, self.namespace).status.conditions or []
        return {each.type: str(each.message) for each in found if each.type in ("Complete", "Failed")}

    def wait_for_setup(self) -> None:
        """Wait until the first films are there, and both models' first versions: the page predicts before that."""
        setup = f"app.kubernetes.io/instance={NAME},app.kubernetes.io/component=setup"
        self.kubectl("wait", "--for=condition=complete", "job", "-l", setup, "--timeout=10m")

    def wait_for_rollout(self, *components: str) -> None:
        for component in components:
            self.kubectl("rollout", "status", f"deployment/{NAME}-{component}", "--timeout=5m")

    def sql(self, statement: str) -> list[list[str]]:
        """The rows that MySQL's root gets for a statement."""
        client = "MYSQL_PWD=$MYSQL_ROOT_PASSWORD exec mysql -h127.0.0.1 -uroot -N -B --default-character-set=utf8mb4"
        pod = (f"{NAME}-mysql-0", "-c", "mysql")
        printed = self.kubectl("exec", "-i", *pod, "--", "bash", "-c", client, typed=statement)
        return [line.split("\t") for line in printed.splitlines()]


class _Figures(HTMLParser):
    """The page's `<data class="chance-figure" data-category="…" value="…">`."""

    def __init__(self) -> None:
        super().__init__()
        self.figures: dict[str, float] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "data" and "data-category" in told:
            self.figures[str(told["data-category"])] = float(str(told["value"]))


def ready(pod: Any) -> bool:
    return any(each.type == "Ready" and each.status == "True" for each in pod.status.conditions or [])


def wait_until(condition: Callable[[], Found], seconds: float) -> Found:
    """What `condition()` gives once it holds; it is looked at every half second, for so many seconds at most."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.5)
    return found
