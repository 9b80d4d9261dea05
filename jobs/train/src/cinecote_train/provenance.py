"""Which code, with which libraries, makes a model."""

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

UNKNOWN = "unknown"

_BUILT = "built.json"
"""In an image's environment, where there is no work tree: what the Dockerfile knew."""

_LOCK = "requirements.lock"


@dataclass(frozen=True)
class Provenance:
    """The git commit, followed by `+changes` where the work tree has some, and the hex digest of the lock file."""

    commit: str
    lock_sha256: str


@cache
def provenance() -> Provenance:
    """Of this process, as it was when it was first asked: what changes under its feet is not what it runs."""
    return provenance_of(Path(sys.prefix), Path(__file__))


def provenance_of(prefix: Path, source: Path) -> Provenance:
    """Of the environment at `prefix`, or of the work tree that `source` lies in; UNKNOWN what neither tells."""
    if (prefix / _BUILT).is_file():
        built = json.loads((prefix / _BUILT).read_text(encoding="utf-8"))
        return Provenance(built.get("commit") or UNKNOWN, built.get("lock_sha256") or UNKNOWN)
    root = next((folder for folder in source.resolve().parents if (folder / _LOCK).is_file()), None)
    if root is None:
        return Provenance(UNKNOWN, UNKNOWN)
    return Provenance(_commit(root), sha256((root / _LOCK).read_bytes()).hexdigest())


def _commit(root: Path) -> str:
    commit = _git(root, "rev-parse", "HEAD")
    if not commit:
        return UNKNOWN
    return f"{commit}+changes" if _git(root, "status", "--porcelain", "--untracked-files=no") else commit


def _git(root: Path, *arguments: str) -> str:
    """What git says; nothing where there is none, or no repository."""
    git = shutil.which("git")
    if git is None:
        return ""
    said = subprocess.run([git, "-C", str(root), *arguments], capture_output=True, text=True, check=False)  # noqa: S603
    return said.stdout.strip() if said.returncode == 0 else ""
