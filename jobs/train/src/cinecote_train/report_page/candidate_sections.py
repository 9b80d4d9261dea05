"""The candidates beside each other: their worth, and what it costs."""

from collections.abc import Iterator, Sequence

from cinecote_train.evaluation import COMPLETE, CROSS_VALIDATION, HELD_OUT, NEWEST, Evaluation
from cinecote_train.report_page import drawings
from cinecote_train.report_page.contents import Contents
from cinecote_train.report_page.elements import Section, Table, picture, told_of, words
from cinecote_train.report_page.pareto import Point, front
from cinecote_train.scoring import CALIBRATION, KAPPA, LOG_LOSS, MACRO_F1, RANKED_PROBABILITY

_SETS = {
    COMPLETE: "complete films",
    CROSS_VALIDATION: "all films",
    NEWEST: "newest fifth",
    HELD_OUT: "held-out films",
}
_FIGURES = {
    KAPPA: "quadratic weighted kappa",
    RANKED_PROBABILITY: "ranked probability score",
    LOG_LOSS: "log-loss (nats)",
    CALIBRATION: "calibration error",
}


def compared_section(contents: Contents) -> Section:
    findings = contents.findings
    evaluations = [findings.procedure, *findings.candidates, *findings.baselines]
    rows = [(words(each.name), each.goal) for each in evaluations]
    best, worst = (pick(rows, key=lambda row: row[1].value) for pick in (max, min))
    height, draw = drawings.intervals(rows, "macro-F1 on the complete films")
    said = (
        "“chosen” is the choice of a candidate taken as a whole, made anew on what each fold sees: the honest figure "
        "of what may be served. Hyperparameters were searched inside each fold, and films scored outside it."
    )
    if never := findings.never_served:
        said += f" Never chosen, as no graph of it is served: {', '.join(words(name) for name in never)}."
    told = f"Macro-F1 on the complete films, from {worst[0]} {told_of(worst[1])} to {best[0]} {told_of(best[1])}."
    return Section(
        "Candidates and baselines",
        said,
        [
            Table(
                "Macro-F1 by the films it is told of, with 95 % intervals",
                (
                    "candidate",
                    *(f"{told} ({len(findings.procedure.answers[of].labels):,})" for of, told in _SETS.items()),
                ),
                [(words(each.name), *(told_of(each.scores[of][MACRO_F1]) for of in _SETS)) for each in evaluations],
            ),
            Table(
                "The other figures on all films, with 95 % intervals, and the costs",
                ("candidate", *_FIGURES.values(), "time to train (s)", "size (kB)", "time of an answer (µs)"),
                [(words(each.name), *_others(each), *_costs(contents, each)) for each in evaluations],
            ),
        ],
        picture(contents.model.name, "candidates", told, 7, height, draw),
    )


def _others(evaluation: Evaluation) -> Iterator[str]:
    return (told_of(evaluation.scores[CROSS_VALIDATION][figure]) for figure in _FIGURES)


def _costs(contents: Contents, evaluation: Evaluation) -> Iterator[str]:
    yield f"{evaluation.candidate.final.seconds:.1f}"
    point = next((each for each in contents.points if each.name == evaluation.candidate.final.algorithm), None)
    yield f"{point.kilobytes:,.1f}" if point else "–"
    yield f"{point.microseconds:,.0f}" if point else "–"


def pareto_section(contents: Contents) -> Section:
    points = contents.points
    quick = front(points, lambda point: point.microseconds)
    small = front(points, lambda point: point.kilobytes)
    told = f"Macro-F1 against cost. Best at their time of an answer: {_names(quick)}; at their size: {_names(small)}."
    return Section(
        "Worth against cost",
        "The candidates that no cheaper one equals are joined. What has no graph, as the baselines, isn't there.",
        [
            Table(
                "Macro-F1 on the complete films against the cost of serving",
                ("candidate", "macro-F1 (95 % interval)", "time of an answer (µs)", "size (kB)", "best at its"),
                [
                    (
                        words(each.name),
                        told_of(each.macro_f1),
                        f"{each.microseconds:,.0f}",
                        f"{each.kilobytes:,.1f}",
                        " and ".join(cost for cost, best in (("time", quick), ("size", small)) if each in best) or "–",
                    )
                    for each in points
                ],
            )
        ],
        picture(contents.model.name, "pareto", told, 8, 3.6, drawings.pareto(points)),
    )


def _names(points: Sequence[Point]) -> str:
    return ", ".join(words(each.name) for each in points)
