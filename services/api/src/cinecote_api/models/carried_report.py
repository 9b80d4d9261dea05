"""What a version brings of the comparison that it came out of, read once and kept in memory."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import structlog

from cinecote.model_report import LARGEST_PLOT, LARGEST_REPORT, REPORT_FILE, ModelReport, plot_file
from cinecote.registry import Manifest

_LONGEST_CAUSE = 200
"""Characters: whoever checked a table may have much to say of it."""

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Plot:
    """A picture, and its digest as the manifest has it."""

    svg: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class CarriedReport:
    """The benchmark's table, and the plots that it names, in each of their languages."""

    report: ModelReport
    plots: Mapping[str, Plot]


def read_report(folder: Path, manifest: Manifest) -> CarriedReport | None:
    """The report in a version's folder, whose files were checked before; None where it has none.

    One that can't be read is told in the log: a model whose answers are right is served without it.
    """
    if REPORT_FILE not in manifest.files:
        return None
    try:
        report = ModelReport.model_validate_json(_content(folder, REPORT_FILE, LARGEST_REPORT))
        return CarriedReport(report, {name: _plot(folder, manifest, name) for name in report.every_plot})
    except ValueError as fault:
        log.warning("report unusable", model=manifest.name, sha256=manifest.sha256, cause=str(fault)[:_LONGEST_CAUSE])
        return None


def _plot(folder: Path, manifest: Manifest, name: str) -> Plot:
    file = plot_file(name)
    if file not in manifest.files:
        raise ValueError(f"the manifest names no {file}")
    return Plot(_content(folder, file, LARGEST_PLOT), manifest.files[file])


def _content(folder: Path, name: str, largest: int) -> bytes:
    if (folder / name).stat().st_size > largest:
        raise ValueError(f"{name} is too large")
    return (folder / name).read_bytes()
