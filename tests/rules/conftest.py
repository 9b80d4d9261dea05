"""promtool, from the image of the Prometheus that compose runs."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.monitoring import ROOT

Promtool = Callable[..., subprocess.CompletedProcess[str]]
IMAGE = "prom/prometheus:v3.5.3"


@pytest.fixture(scope="session")
def promtool() -> Promtool:
    """Runs promtool in a folder of the repository, which it can't write to; `mounts` are folders beside it, by path."""
    if (
        shutil.which("docker") is None
        or subprocess.run(["docker", "info"], capture_output=True, check=False).returncode
    ):
        pytest.skip("no Docker engine answers, and promtool comes in Prometheus' image")

    def run(folder: str, *arguments: str, mounts: dict[str, Path] | None = None) -> subprocess.CompletedProcess[str]:
        folders = {"/repo": ROOT} | (mounts or {})
        volumes = [part for where, source in folders.items() for part in ("-v", f"{source}:{where}:ro")]
        command = ["docker", "run", "--rm", "--network", "none", *volumes, "-w", f"/repo/{folder}"]
        return subprocess.run(
            [*command, "--entrypoint", "promtool", IMAGE, *arguments], capture_output=True, text=True, check=False
        )

    return run
