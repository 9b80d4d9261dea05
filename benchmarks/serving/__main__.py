"""Predictions beside MLflow, MLServer, BentoML and a textbook app, on one machine in one run.

python -m benchmarks.serving [--rounds N] [--requests N] [--seconds S] [--peers NAME,…] [--models linear,champion]
"""

import os
import signal
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from benchmarks.serving import models, report
from benchmarks.serving.environments import ROOT
from benchmarks.serving.measuring import Effort, Measured, measure
from benchmarks.serving.models import Model
from benchmarks.serving.servers import OURS, PEERS, Server

RESULTS = ROOT / "benchmarks/results/serving.md"
WHOLE_ROUNDS = 5

_INTRODUCTION = """# Serving beside its peers

Made by `make bench-serving` on {when}, {cores} cores, load average {before} before and {after} after. {rounds}
alternating rounds, each from a fresh start; figures are minimum / median over them. 4 kept connections, one film a
request, every server's answers first held against scikit-learn's within 1e-6; waits at {rate:g} requests a second.
CPU is the processor time of all of a server's threads over the requests; memory its processes' resident sets, summed.

| server | versions | as |
| --- | --- | --- |
{servers}"""


def main() -> None:
    chosen = _arguments()
    chosen_peers = [peer for peer in PEERS if peer.name in chosen.peers]
    servers = [OURS, *chosen_peers]
    effort, before = Effort(chosen.requests, chosen.seconds, chosen.rate), os.getloadavg()[0]
    told: list[str] = []
    missed: list[str] = []
    for name in chosen.models:
        model = models.prepared(name)
        rounds = _rounds(servers, model, effort, chosen.rounds)
        told += ["", f"## {_title(model)}", *report.table(rounds), "", *report.ratios(rounds)]
        if name == "linear":
            told += ["", *report.verdicts(rounds)]
            missed += report.missed_floors(rounds)
    page = "\n".join([_introduction(servers, chosen, before), *told, ""])
    print(f"\n{page}")
    if chosen.rounds >= WHOLE_ROUNDS and len(chosen_peers) == len(PEERS) and set(chosen.models) == set(models.NAMES):
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(page, encoding="utf-8")
    if missed:
        sys.exit(f"below the floor: {'; '.join(missed)}")


def _rounds(servers: Sequence[Server], model: Model, effort: Effort, count: int) -> dict[str, list[Measured]]:
    measured: dict[str, list[Measured]] = {server.name: [] for server in servers}
    for number in range(count):
        # Each round begins with another server, so that none always follows the same one.
        shift = number % len(servers)
        for server in [*servers[shift:], *servers[:shift]]:
            one = measure(server, model, effort)
            measured[server.name].append(one)
            print(
                f"{model.name} {number + 1}/{count} {server.name}: {one.cpu * 1e6:.0f} µs of {one.requests}, "
                f"start {one.start:.2f} s, {one.memory:.0f} MB",
                flush=True,
            )
    return measured


def _title(model: Model) -> str:
    return "Scaler and logistic regression" if model.name == "linear" else f"The champion ({model.algorithm})"


def _introduction(servers: Sequence[Server], chosen: Namespace, before: float) -> str:
    return _INTRODUCTION.format(
        when=f"{datetime.now(UTC):%Y-%m-%d}",
        cores=os.cpu_count(),
        before=f"{before:.1f}",
        after=f"{os.getloadavg()[0]:.1f}",
        rounds=chosen.rounds,
        rate=chosen.rate,
        servers="\n".join(f"| {server.name} | {server.versions} | {server.settings} |" for server in servers),
    )


def _arguments() -> Namespace:
    names = [peer.name for peer in PEERS]
    parser = ArgumentParser(prog="benchmarks.serving", description=__doc__)
    parser.add_argument("--rounds", type=int, default=WHOLE_ROUNDS)
    parser.add_argument("--requests", type=int, default=5_000, help="at most, a server and round, at full speed")
    parser.add_argument("--seconds", type=float, default=2.0, help="at most, for the same; and of constant arrivals")
    parser.add_argument("--rate", type=float, default=40.0, help="arrivals a second, fewer than any can answer")
    parser.add_argument("--peers", type=_names(names), default=names, help=",".join(names))
    parser.add_argument("--models", type=_names(models.NAMES), default=list(models.NAMES), help=",".join(models.NAMES))
    return parser.parse_args()


def _names(known: Sequence[str]) -> Callable[[str], list[str]]:
    def read(said: str) -> list[str]:
        names = said.split(",") if said else []
        if not set(names) <= set(known):
            raise ValueError
        return names

    return read


if __name__ == "__main__":
    # Told to end, it ends its servers, as on Ctrl-C.
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        main()
    except RuntimeError as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
