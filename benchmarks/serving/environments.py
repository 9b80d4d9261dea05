"""An environment for each server, from its own locked requirements; ours as its image has it."""

import os
import subprocess
from functools import cache
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLACE = ROOT / "var/benchmarks/serving"

_HERE = Path(__file__).parent
_TOOLS = ROOT / ".venvs/tools/bin"
_OURS = ("libs/cinecote", "services/api")


@cache
def environment(name: str) -> Path:
    """The folder of the environment of `name`, made or renewed where it has to be."""
    folder = PLACE / "environments" / name
    lock = ROOT / "requirements.lock" if name == "cinecote" else _HERE / name / "requirements.lock"
    made = folder / ".made"
    said = sha256(lock.read_bytes()).hexdigest()
    if not made.is_file() or made.read_text() != said:
        print(f"installing {name}", flush=True)
        _uv("venv", "-q", "--clear", "--python", _TOOLS / "python", folder)
        if name == "cinecote":
            _install(folder, "-c", lock, "--no-sources", *_OURS)
        else:
            _install(folder, "--require-hashes", "-r", lock)
        made.write_text(said)
    if name == "cinecote":
        # What is measured is the code as it stands.
        _install(folder, "--no-sources", "--no-deps", "--reinstall", *_OURS)
    return folder


def versions(folder: Path, packages: tuple[str, ...]) -> str:
    """The packages' names and versions, as installed in the environment."""
    code = "import sys; from importlib.metadata import version; print(*map(version, sys.argv[1:]))"
    said = subprocess.check_output([folder / "bin/python", "-c", code, *packages], text=True).split()
    return ", ".join(f"{package} {number}" for package, number in zip(packages, said, strict=True))


def _install(folder: Path, *arguments: str | Path) -> None:
    _uv("pip", "install", "-q", "--compile-bytecode", "-p", folder, *arguments)


def _uv(*arguments: str | Path) -> None:
    subprocess.run([_TOOLS / "uv", *arguments], cwd=ROOT, env=os.environ | {"UV_PYTHON_DOWNLOADS": "never"}, check=True)
