"""What was released before: the chart and the images of the newest earlier commit that has them."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.monitoring import ROOT


@dataclass(frozen=True)
class Previous:
    """A commit in a folder of its own; its images bear its name as their tag."""

    folder: Path
    commit: str

    @property
    def chart(self) -> Path:
        return self.folder / "helm/cinecote"

    def build(self) -> None:
        _run("make", "images", f"VERSION={self.commit}", at=self.folder)

    def remove(self) -> None:
        """Take away its images, of which every commit would leave five."""
        names = _run("docker", "images", "--format", "{{.Repository}}:{{.Tag}}").split()
        _run("docker", "rmi", *(name for name in names if name.endswith(f":{self.commit}")))


def check_out(folder: Path) -> Previous | None:
    """The commit before the present one, or the newest before it that has the chart, in `folder`."""
    for commit in _run("git", "rev-list", "--abbrev-commit", "--max-count=100", "HEAD~1").split():
        if _run("git", "ls-tree", "--name-only", commit, "helm/cinecote/Chart.yaml"):
            archive = folder / "archive.tar"
            # The files' modes as a checkout has them: the build's cache looks at them too.
            _run("git", "-c", "tar.umask=022", "archive", f"--output={archive}", commit)
            _run("tar", "-xf", str(archive), at=folder)
            return Previous(folder, commit)
    return None


def _run(*command: str, at: Path = ROOT) -> str:
    return subprocess.run(command, cwd=at, check=True, capture_output=True, text=True, timeout=1200).stdout
