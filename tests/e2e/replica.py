"""One replica of the api, asked from within its pod: through the Service, any of them would answer."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .cluster import Answer
from .release import Release, ready

# The API server keeps a caller's Authorization to itself, so its proxy won't do.
_ASK = """
import json, sys, urllib.error, urllib.request
told = json.load(sys.stdin)
body = told["body"].encode() if told["body"] is not None else None
asked = urllib.request.Request(told["address"], method=told["method"], headers=told["headers"], data=body)
try:
    answer = urllib.request.urlopen(asked, timeout=30)
except urllib.error.HTTPError as refusal:
    answer = refusal
print(json.dumps({"status": answer.status, "headers": dict(answer.headers), "text": answer.read().decode()}))
"""


@dataclass(frozen=True)
class Replica:
    """The api in the pod of this name, asked with this key."""

    release: Release
    pod: str
    token: str

    def ask(
        self, method: str, path: str, body: object = None, kind: str = "application/json",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:  # fmt: skip
        """What it answers; a body that is no text goes as JSON."""
        text = body if body is None or isinstance(body, str) else json.dumps(body)
        sent = {"Authorization": f"Bearer {self.token}", **(headers or {})}
        if text is not None:
            sent["Content-Type"] = kind
        return ask_within(self.release, (self.pod, "-c", "api"), method, f"http://127.0.0.1:8000{path}", text, sent)

    def read(self, method: str, path: str, body: object = None) -> Any:
        """A good answer's JSON."""
        answer = self.ask(method, path, body)
        assert answer.status == 200, answer
        return json.loads(answer.text)


def replicas(release: Release, token: str) -> list[Replica]:
    """Those that are ready, the oldest first: where there is much to do, the autoscaler adds some for a while."""
    pods = sorted(filter(ready, release.pods("api")), key=lambda pod: str(pod.metadata.creation_timestamp))
    return [Replica(release, pod.metadata.name, token) for pod in pods]


def two_replicas(release: Release, token: str) -> tuple[Replica, Replica]:
    first, second, *_ = replicas(release, token)
    return first, second


def ask_within(
    release: Release, pod: tuple[str, ...], method: str, address: str, body: str | None, headers: Mapping[str, str]
) -> Answer:
    """What `address` answers to somebody in a pod that has Python."""
    told = {"method": method, "address": address, "body": body, "headers": dict(headers)}
    printed = release.kubectl("exec", "-i", *pod, "--", "python", "-c", _ASK, typed=json.dumps(told))
    return Answer(**json.loads(printed))
