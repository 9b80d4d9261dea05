"""A limit on the processor time of a process, as a container's is: a control group of its own."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_ROOT = Path("/sys/fs/cgroup")
_PERIOD_US = 20_000


@contextmanager
def limited(process: int, cores: float) -> Iterator[None]:
    """Let `process` have so many cores for the time of the block; SystemExit where groups can't be made here."""
    is_second = (_ROOT / "cgroup.controllers").exists()
    group = (_ROOT if is_second else _ROOT / "cpu") / f"cinecote-bench-{os.getpid()}"
    quota = int(cores * _PERIOD_US)
    try:
        group.mkdir()
        if is_second:
            (group / "cpu.max").write_text(f"{quota} {_PERIOD_US}")
        else:
            (group / "cpu.cfs_period_us").write_text(str(_PERIOD_US))
            (group / "cpu.cfs_quota_us").write_text(str(quota))
        (group / "cgroup.procs").write_text(str(process))
    except OSError as fault:
        raise SystemExit(f"error: a limit on processor time takes root and control groups: {fault}") from None
    try:
        yield
    finally:
        (group.parent / "cgroup.procs").write_text(str(process))
        group.rmdir()
