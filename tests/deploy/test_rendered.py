"""What is made of the chart is what `make render` makes of it today."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .declared import ROOT


def files(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_the_chart_s_readme_and_schema_are_made_of_its_values(tmp_path: Path) -> None:
    chart = shutil.copytree(ROOT / "helm/cinecote", tmp_path / "cinecote")
    for made in ("README.md", "values.schema.json"):
        (chart / made).unlink()

    subprocess.run([sys.executable, ROOT / "helm/reference.py", chart], check=True)

    assert files(chart) == files(ROOT / "helm/cinecote")


def test_the_rendered_chart_is_complete_and_holds_nothing_else(tmp_path: Path) -> None:
    if shutil.which("helm") is None:
        pytest.skip("Helm isn't there: it comes with what a KUBECONFIG is for")

    subprocess.run([ROOT / "helm/render.sh", tmp_path], check=True)

    assert (tmp_path / "kustomization.yaml").read_text() == (ROOT / "k8s/kustomization.yaml").read_text()
    assert files(tmp_path / "rendered") == files(ROOT / "k8s/rendered")
