"""What a person is told of each version: in the manifest, on the run, on the version."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cinecote.models import MODELS
from cinecote.registry import MODEL_NAME, read_manifest
from cinecote_train.card import limits
from cinecote_train.provenance import UNKNOWN, Provenance, provenance, provenance_of

ROOT = Path(__file__).parents[3]


def test_the_card_tells_data_figures_limits_licence_and_origin(shared_site: Any) -> None:
    version = shared_site.mlflow.get_model_version(MODEL_NAME, "1")
    manifest = read_manifest(shared_site.model_folder("1"))

    card = version.description

    data = manifest.data
    own = provenance()
    assert (data["commit"], data["lock_sha256"]) == (own.commit, own.lock_sha256)
    for told in (f"{data['films']:,} films", data["sha256"], data["first_release"], data["commit"], manifest.sha256):
        assert told in card
    for told in (data["lock_sha256"], data["licence"], *data["limits"], *data["features"]):
        assert told in card
    macro_f1 = manifest.metrics["cross_validation"]["macro_f1"]
    assert f"{macro_f1['value']:.3f} ({macro_f1['low']:.3f} to {macro_f1['high']:.3f})" in card
    assert "votes alone: macro f1" in card


def test_the_run_shows_the_same_card_and_keeps_it_among_its_artifacts(shared_site: Any) -> None:
    version = shared_site.mlflow.get_model_version(MODEL_NAME, "1")

    run = shared_site.mlflow.get_run(version.run_id)

    assert run.data.tags["mlflow.note.content"].startswith(version.description)
    kept = shared_site.mlflow.download_artifacts(version.run_id, "card.md")
    assert Path(kept).read_text(encoding="utf-8").startswith(version.description)


def test_each_model_is_told_in_words_of_its_own() -> None:
    data = {"minimum_votes": 50, "first_release": "1920-01-01", "last_release": "2010-01-01"}

    told = [limits(model, data, {}) for model in MODELS]

    assert told[0][0] != told[1][0]
    assert all(len(each) == 3 for each in told)


@pytest.fixture
def tree(tmp_path: Path) -> Callable[..., str]:
    """A work tree with a lock file; runs git in it."""

    def git(*arguments: str) -> str:
        who = ("-c", "user.name=A", "-c", "user.email=a@example.com")
        command = ["git", *who, "-C", str(tmp_path), *arguments]
        return subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout.strip()

    (tmp_path / "requirements.lock").write_text("one==1\n")
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "One")
    return git


def test_in_a_work_tree_the_commit_is_told_and_whether_there_are_changes(
    tree: Callable[..., str], tmp_path: Path
) -> None:
    clean = provenance_of(tmp_path, tmp_path / "file.py")
    (tmp_path / "requirements.lock").write_text("one==2\n")
    changed = provenance_of(tmp_path, tmp_path / "file.py")

    head = tree("rev-parse", "HEAD")
    assert clean.commit == head
    assert changed.commit == f"{head}+changes"
    assert clean.lock_sha256 != changed.lock_sha256


def test_in_an_image_what_its_build_knew_is_told(tmp_path: Path) -> None:
    (tmp_path / "built.json").write_text(json.dumps({"commit": "abc", "lock_sha256": "def"}))

    assert provenance_of(tmp_path, tmp_path / "file.py") == Provenance("abc", "def")


def test_where_nothing_tells_it_is_unknown(tmp_path: Path) -> None:
    (tmp_path / "built.json").write_text(json.dumps({"commit": "", "lock_sha256": "def"}))

    assert provenance_of(tmp_path, tmp_path / "file.py").commit == UNKNOWN
    assert provenance_of(tmp_path / "none", Path("/file.py")) == Provenance(UNKNOWN, UNKNOWN)
