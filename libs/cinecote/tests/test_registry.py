import json
from pathlib import Path
from typing import Any

import pytest

from cinecote.registry import GRAPH_FILE, MANIFEST_FILE, MOST_FILES, BrokenModel, digest, read_manifest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / GRAPH_FILE).write_bytes(b"graph")
    (tmp_path / MANIFEST_FILE).write_text(json.dumps(manifest()))
    return tmp_path


def manifest() -> dict[str, Any]:
    answer = {"médiocre": 0.2, "moyen": 0.3, "bien": 0.5}
    return {
        "name": "film-category", "algorithm": "logistic", "trained_at": "2026-11-23T00:00:00Z", "run_id": "r",
        "inputs": ["revenue"], "thresholds": {"moyen": 6, "bien": 7}, "margin": 0.1, "data": {}, "metrics": {},
        "versions": {}, "golden": [{"inputs": {"revenue": None}, "probabilities": answer}],
        "background": [[1e6], [None]], "histograms": {}, "files": {GRAPH_FILE: digest(b"graph")},
    }  # fmt: skip


def test_a_whole_model_is_read(folder: Path) -> None:
    assert read_manifest(folder).sha256 == digest(b"graph")


def rewrite(folder: Path, **members: Any) -> None:
    (folder / MANIFEST_FILE).write_text(json.dumps({**manifest(), **members}))


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"files": {GRAPH_FILE: "0"}}, "changed"),
        ({"files": {}}, "names no model.onnx"),
        ({"files": {GRAPH_FILE: digest(b"graph"), "more.onnx": "0"}}, "more.onnx missing"),
        ({"files": {GRAPH_FILE: digest(b"graph"), "../outside": "0"}}, "outside its folder"),
        ({"files": {f"{number}.svg": "0" for number in range(MOST_FILES + 1)}}, "files"),
        ({"golden": []}, "golden"),
        ({"inputs": []}, "inputs"),
        ({"margin": 2}, "margin"),
        ({"unheard_of": 1}, "unheard_of"),
    ],
)
def test_a_manifest_that_does_not_hold_is_refused_with_the_reason(
    folder: Path, members: dict[str, Any], reason: str
) -> None:
    rewrite(folder, **members)

    with pytest.raises(BrokenModel, match=reason):
        read_manifest(folder)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"margin": NaN}'])
def test_what_is_no_manifest_is_refused(folder: Path, content: str) -> None:
    (folder / MANIFEST_FILE).write_text(content)

    with pytest.raises(BrokenModel, match="manifest unusable"):
        read_manifest(folder)


@pytest.mark.parametrize(("name", "reason"), [(GRAPH_FILE, "model.onnx missing"), (MANIFEST_FILE, "manifest missing")])
def test_a_file_that_is_gone_is_named(folder: Path, name: str, reason: str) -> None:
    (folder / name).unlink()

    with pytest.raises(BrokenModel, match=reason):
        read_manifest(folder)
