"""What a person reads at the end of a run: always on standard output."""

from collections.abc import Callable, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from cinecote.exits import Refused
from cinecote.models import FilmModel
from cinecote_train import gate
from cinecote_train.console import WHOLE_TABLE
from cinecote_train.evaluation import COMPLETE, CROSS_VALIDATION, HELD_OUT, NEWEST, Evaluation
from cinecote_train.findings import Exported, Findings
from cinecote_train.promotion import Settled
from cinecote_train.scoring import CALIBRATION, KAPPA, LOG_LOSS, MACRO_F1, RANKED_PROBABILITY
from cinecote_train.training import Trained

Show = Callable[[Evaluation, Exported | None], str]
"""What a column tells of a candidate, and of its graph where it has one."""


def show(out: Console, trained: Sequence[Trained]) -> None:
    """Every model's comparison and decision; Refused where one isn't served."""
    for each in trained:
        if each.findings:
            show_findings(out, each.model, each.findings)
            show_outcome(out, each.model, each.findings, each.settled)
        else:
            decision = each.settled.decision
            out.print(f"{each.model.name}: {decision.kind} ({decision.reason})", soft_wrap=True)
    refused = [each for each in trained if each.settled.decision.kind == gate.REFUSED]
    if refused:
        reasons = "; ".join(f"{each.model.name}: {each.settled.decision.reason}" for each in refused)
        raise Refused(f"not served: {reasons}")


def show_findings(out: Console, model: FilmModel, findings: Findings) -> None:
    """The comparison: macro-F1 with its 95 % interval by set, the other figures on the whole cross-validation.

    A narrow terminal gets the first columns only.
    """
    columns = _COLUMNS if out.width >= WHOLE_TABLE else _COLUMNS[:_ALWAYS]
    title = f"{model.name}, {model.moment}: each on films that its models never saw (95 % intervals)"
    table = Table(title=title, box=SIMPLE_HEAD)
    table.add_column("candidate", no_wrap=True)
    for heading, _ in columns:
        table.add_column(heading, justify="right", no_wrap=True)
    for group in (findings.candidates, [findings.procedure], findings.baselines):
        for evaluation in group:
            cost = findings.exported.get(evaluation.name)
            table.add_row(evaluation.name, *(show(evaluation, cost) for _, show in columns))
        table.add_section()
    out.print(table)


def show_outcome(out: Console, model: FilmModel, findings: Findings, settled: Settled) -> None:
    """The lines below the table: the honest figure, what was left out, the decision."""
    goal = findings.procedure.goal
    films = int(findings.training.complete.sum())
    out.print(
        f"{model.name}: macro-F1 on the {films:,} complete films: {goal.value:.3f} (95 % interval {goal.low:.3f} to "
        f"{goal.high:.3f}; algorithm and hyperparameters chosen inside each fold, scored outside)",
        soft_wrap=True,
    )
    if findings.skipped:
        out.print(
            f"the time budget was spent before: {', '.join(findings.skipped)}; "
            "raise CINECOTE_TRAIN_BUDGET_S to compare them too",
            soft_wrap=True,
        )
    if findings.never_served:
        out.print(f"never served, compared only: {', '.join(findings.never_served)}", soft_wrap=True)
    which = f"version {settled.version}" if settled.version else "no version"
    out.print(
        f"{model.name}: {findings.winner.algorithm}, {which}: {settled.decision.kind} ({settled.decision.reason})",
        soft_wrap=True,
    )


def _macro_f1(of: str) -> Show:
    def show(evaluation: Evaluation, _cost: Exported | None) -> str:
        estimate = evaluation.scores[of][MACRO_F1]
        return f"{_share(estimate.value)} {_share(estimate.low)}–{_share(estimate.high)}"

    return show


def _figure(name: str) -> Show:
    return lambda evaluation, _cost: f"{evaluation.scores[CROSS_VALIDATION][name].value:.3f}"


def _of_graph(show: Callable[[Exported], str]) -> Show:
    return lambda _evaluation, cost: show(cost) if cost else "–"


def _share(share: float) -> str:
    return f"{share:.3f}".removeprefix("0")


_COLUMNS: tuple[tuple[str, Show], ...] = (
    ("F1 complete", _macro_f1(COMPLETE)),
    ("F1 newest", _macro_f1(NEWEST)),
    ("log-loss", _figure(LOG_LOSS)),
    ("F1 all", _macro_f1(CROSS_VALIDATION)),
    ("F1 held out", _macro_f1(HELD_OUT)),
    ("kappa", _figure(KAPPA)),
    ("RPS", _figure(RANKED_PROBABILITY)),
    ("calib.", _figure(CALIBRATION)),
    ("fit s", lambda evaluation, _cost: f"{evaluation.candidate.final.seconds:.1f}"),
    ("kB", _of_graph(lambda cost: f"{len(cost.graph) / 1000:,.0f}")),
    ("µs", _of_graph(lambda cost: f"{1e6 * cost.seconds_a_prediction:.0f}")),
)
_ALWAYS = 3
