"""What was measured, as tables; and whether the goals are met."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from benchmarks.serving.measuring import BATCH_ROWS, Measured
from benchmarks.serving.servers import OURS, PEERS

Rounds = Mapping[str, Sequence[Measured]]
"""The rounds of each server, by its name."""


@dataclass(frozen=True)
class Goal:
    """Of a figure, the peer's over ours: at least `goal`, and never under `floor`."""

    peer: str
    figure: str
    goal: float
    floor: float


GOALS = (
    Goal("mlflow", "cpu", 40, 12),
    Goal("mlserver", "cpu", 12, 4),
    Goal("bentoml", "cpu", 25, 8),
    Goal("textbook", "cpu", 7, 2.5),
    Goal("mlflow", "start", 1 / 0.25, 1 / 0.25),
    Goal("mlflow", "memory", 1 / 0.35, 1 / 0.35),
)
BATCH_GOAL = 100

_TOLD = {"cpu": "throughput a core", "start": "start", "memory": "memory"}
_FIGURES: dict[str, Callable[[Measured], float]] = {
    "cpu": lambda measured: measured.cpu,
    "start": lambda measured: measured.start,
    "memory": lambda measured: measured.memory,
}


def table(rounds: Rounds) -> list[str]:
    """A line a server: minimum and median over the rounds."""
    lines = [
        "| server | CPU a request, µs | requests a second and core | p50, ms | p99, ms | start, s | memory, MB |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, measured in rounds.items():
        cpu = _both(measured, lambda one: one.cpu * 1e6, ".0f")
        core = f"{1 / _least(measured, 'cpu'):,.0f} / {1 / _median(measured, 'cpu'):,.0f}"
        waits = [_both(measured, partial(_quantile, part), ".2f") for part in (50, 99)]
        start, memory = _both(measured, _FIGURES["start"], ".2f"), _both(measured, _FIGURES["memory"], ".0f")
        lines.append(f"| {name} | {cpu} | {core} | {waits[0]} | {waits[1]} | {start} | {memory} |")
    return lines


def ratios(rounds: Rounds) -> list[str]:
    """How many times ours each peer takes, by the minima and by the medians."""
    peers = [peer.name for peer in PEERS if peer.name in rounds]
    lines = ["| peer ÷ ours | throughput a core | start | memory |", "| --- | --- | --- | --- |"]
    for peer in peers:
        cells = [f"{_ratio(rounds, peer, f, _least):.1f} / {_ratio(rounds, peer, f, _median):.1f}" for f in _FIGURES]
        lines.append(f"| {peer} | {' | '.join(cells)} |")
    return lines


def verdicts(rounds: Rounds) -> list[str]:
    """A line a goal, judged by the medians."""
    lines = [_verdict(rounds, goal) for goal in GOALS if goal.peer in rounds]
    return [*lines, _batch_verdict(rounds[OURS.name])]


def missed_floors(rounds: Rounds) -> list[str]:
    """The peers' figures that ours may not be so close to, by the medians."""
    return [
        f"{_TOLD[goal.figure]} beside {goal.peer}"
        for goal in GOALS
        if goal.peer in rounds and _ratio(rounds, goal.peer, goal.figure, _median) < goal.floor
    ]


def _verdict(rounds: Rounds, goal: Goal) -> str:
    ratio = _ratio(rounds, goal.peer, goal.figure, _median)
    word = "met" if ratio >= goal.goal else "missed" if ratio >= goal.floor else "MISSED, below the floor"
    said = f"{ratio:.1f} × (goal {goal.goal:g}, floor {goal.floor:g})"
    if goal.figure != "cpu":
        said = f"{1 / ratio:.2f} of its (goal {1 / goal.goal:g})"
    return f"- {_TOLD[goal.figure]} beside {goal.peer}: {said}: {word}"


def _batch_verdict(measured: Sequence[Measured]) -> str:
    ratio = statistics.median((one.batch_rows or 0) * one.cpu for one in measured)
    word = "met" if ratio >= BATCH_GOAL else "missed"
    told = f"rows of batches of {BATCH_ROWS:,} in a processor second beside single calls"
    return f"- {told}: {ratio:.0f} × (goal {BATCH_GOAL}): {word}"


def _ratio(rounds: Rounds, peer: str, figure: str, take: Callable[[Sequence[Measured], str], float]) -> float:
    return take(rounds[peer], figure) / take(rounds[OURS.name], figure)


def _least(measured: Sequence[Measured], figure: str) -> float:
    return min(map(_FIGURES[figure], measured))


def _median(measured: Sequence[Measured], figure: str) -> float:
    return statistics.median(map(_FIGURES[figure], measured))


def _both(measured: Sequence[Measured], figure: Callable[[Measured], float], form: str) -> str:
    values = list(map(figure, measured))
    return f"{min(values):{form}} / {statistics.median(values):{form}}"


def _quantile(part: int, measured: Measured) -> float:
    """Milliseconds that `part` of a hundred requests don't wait longer than."""
    return statistics.quantiles(measured.waits, n=100, method="inclusive")[part - 1] * 1e3
