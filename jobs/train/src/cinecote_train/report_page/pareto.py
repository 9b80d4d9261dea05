"""What an algorithm's worth costs at each prediction: which candidates no other one beats in both."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cinecote_train.findings import Findings
from cinecote_train.scoring import Estimate


@dataclass(frozen=True)
class Point:
    """A candidate: macro-F1 on the complete films, the median time of one answer, the size of its graph."""

    name: str
    macro_f1: Estimate
    microseconds: float
    kilobytes: float


def points(findings: Findings) -> list[Point]:
    """Those that could be served: nothing else has a graph."""
    graphs = findings.exported
    return [
        Point(each.name, each.goal, 1e6 * graphs[each.name].seconds_a_prediction, len(graphs[each.name].graph) / 1_000)
        for each in findings.candidates
        if each.name in graphs
    ]


def front(candidates: Sequence[Point], cost: Callable[[Point], float]) -> list[Point]:
    """By rising cost, those that are better than every cheaper one."""
    best: list[Point] = []
    for point in sorted(candidates, key=lambda each: (cost(each), -each.macro_f1.value)):
        if not best or point.macro_f1.value > best[-1].macro_f1.value:
            best.append(point)
    return best
