"""The page: one HTML file that asks no host for anything."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from cinecote_train.report_page.elements import Section, told_of, words
from cinecote_train.report_page.sections import Report

FILE = "report.html"
"""Of a run's artifacts, beside the model."""


@dataclass(frozen=True)
class _Model:
    """What the template tells of a model."""

    name: str
    moment: str
    goal: str
    said: str
    left_out: str
    sections: Sequence[Section]


def page(compared: Sequence[Report]) -> str:
    """The whole HTML of some models' comparisons."""
    templates = Environment(
        loader=PackageLoader("cinecote_train.report_page", ""), autoescape=True, undefined=StrictUndefined
    )
    return templates.get_template("page.html").render(models=[_model(each) for each in compared])


def write(path: Path, compared: Sequence[Report]) -> None:
    """Put the page at `path`, whole or not at all."""
    whole, beside = page(compared), path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(whole, encoding="utf-8")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _model(report: Report) -> _Model:
    contents, findings = report.contents, report.contents.findings
    films = int(findings.training.complete.sum())
    return _Model(
        name=contents.model.name,
        moment=contents.model.moment,
        goal=told_of(findings.procedure.goal),
        said=f"is the macro-F1 of what was chosen on the {films:,} complete films, with its 95 % interval; on all of "
        f"them, {words(findings.winner.algorithm)} is chosen.",
        left_out=", ".join(words(name) for name in findings.skipped),
        sections=report.sections,
    )
