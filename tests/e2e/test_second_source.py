"""Films of one's own come from a claim, beside those that are there, and are trained on."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from cinecote_collect.layouts import TMDB_CSV
from cinecote_collect.synthetic.films import SyntheticFilms

from .release import NAME, Release

CLAIM = "own-films"
COUNT = 2_000
IMAGE = "mysql:9.7"
"""Of those that the release runs, one with a shell."""


def test_a_second_file_is_collected_from_a_claim_and_trained_on(release: Release, claim: str) -> None:
    before, champions = _trained_on(release), _champions(release)
    own = {"collect.csv.files": ["films.csv"], "collect.csv.existingClaim": claim, "collect.csv.sourceName": "own"}

    release.deploy("upgrade", {"collect.source": "csv", **own, "setup.enabled": False}, reuse=True)
    try:
        release.run_job("collect")
        found = dict(release.sql("SELECT source, COUNT(*) FROM cinecote.films GROUP BY source"))
        # Made-up films are unlike the champion's, which the gate may not like.
        release.run_job("train", refusable=True)
        after = _trained_on(release)
    finally:
        release.sql("DELETE FROM cinecote.films WHERE source = 'own'")
        for model, _ in _champions(release) - champions:
            release.run_job("train", arguments=["rollback", "--model", model])
        release.deploy("upgrade", {"collect.source": "sample", "setup.enabled": True}, reuse=True)

    assert int(found["own"]) == COUNT
    assert int(found["sample"]) > 0
    assert after > before


@pytest.fixture
def claim(release: Release) -> Iterator[str]:
    """A claim that a table of made-up films lies on, in the layout of the million-row table."""
    release.kubectl("create", "-f", "-", typed=yaml.safe_dump_all([_claim(), _writer()]))
    release.kubectl("wait", "--for=condition=Ready", f"pod/{CLAIM}", "--timeout=5m")
    release.kubectl("exec", "-i", CLAIM, "--", "sh", "-c", "cat > /data/films.csv", typed=_table())
    release.kubectl("delete", "pod", CLAIM, "--wait=true")
    yield CLAIM
    release.kubectl("delete", "pvc", CLAIM, "--wait=false")


def _trained_on(release: Release) -> int:
    """Films of the last training that came to a decision."""
    ended = "job = 'train' AND status IN ('succeeded', 'refused')"
    runs = f"SELECT counts FROM cinecote.job_runs WHERE {ended} ORDER BY id DESC LIMIT 1"
    return int(json.loads(release.sql(runs)[0][0])["films"])


def _champions(release: Release) -> set[tuple[str, str]]:
    """Each model's name and the version that was made champion last."""
    made = "SELECT MAX(id) FROM cinecote.promotions WHERE decision IN ('promoted', 'rolled_back') GROUP BY model"
    rows = release.sql(f"SELECT model, version FROM cinecote.promotions WHERE id IN ({made})")
    return {(model, version) for model, version in rows}


def _table() -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(TMDB_CSV.columns.values())
    # As the collector reads them: in the order of FIELDS, which is that of the layout's columns.
    writer.writerows(row.fields for row in SyntheticFilms(COUNT, seed=6).rows())
    return text.getvalue()


def _claim() -> dict[str, Any]:
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "64Mi"}}}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": CLAIM}, "spec": spec}


def _writer() -> dict[str, Any]:
    """A pod that waits to be given the file, as the namespace's policy wants pods to be."""
    security = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    container = {
        "name": "writer", "image": IMAGE, "command": ["sleep", "600"], "securityContext": security,
        "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"memory": "64Mi"}},
        "volumeMounts": [{"name": "films", "mountPath": "/data"}],
    }  # fmt: skip
    user = {
        "runAsNonRoot": True, "runAsUser": 10001, "runAsGroup": 10001, "fsGroup": 10001,
        "seccompProfile": {"type": "RuntimeDefault"},
    }  # fmt: skip
    volumes = [{"name": "films", "persistentVolumeClaim": {"claimName": CLAIM}}]
    labels = {"app.kubernetes.io/instance": f"{NAME}-own-films"}
    spec = {"containers": [container], "securityContext": user, "volumes": volumes, "restartPolicy": "Never"}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": CLAIM, "labels": labels}, "spec": spec}
