"""Our whole procedure beside each library's default model on the four inputs, on the same repeated folds.

python -m benchmarks.defaults [--films PATH] [--verb run|compare] [--repeats N] [--seed N] [--algorithms NAME,…]
`--films` is a file that cinecote-collect csv reads, such as a table in TMDB-5000's layout; without it, the sample.
`--verb` is whose procedure is measured, with its algorithms and its effort, or with some of its algorithms alone.
"""

import math
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.defaults import report
from benchmarks.defaults.repeats import Repeated, repeated
from benchmarks.training_films import training_films
from cinecote_train.comparison import Watcher
from cinecote_train.evaluation import CROSS_VALIDATION, Evaluation, pooled
from cinecote_train.progress import watching
from cinecote_train.recipe import Budget, Recipe, recipe_of
from cinecote_train.report_page.learning_curve import LearningPoint, learning_curve
from cinecote_train.scoring import score
from cinecote_train.settings import TrainSettings
from cinecote_train.vote import VOTE
from cinecote_train.workers import Mapper, Workers

RESULTS = Path(__file__).parents[1] / "results/defaults.md"
WHOLE_VERB = "compare"
WHOLE_REPEATS = 3

_INTRODUCTION = """# Beside the libraries' defaults

Made by `make bench-defaults` on {when}, {cores} cores, load average {load}, of {what}: {films} films, {complete} of
them complete. {repeats} × {folds} stratified folds, seed {seed}, everything of ours chosen inside each fold as
`cinecote-train {verb}` does, among {algorithms}.
Differences are means over the repeats, with the 95 % intervals of a bootstrap over films; calibration is a figure a
repeat, its goal judged by their mean."""


def main() -> None:
    chosen = _arguments()
    films = training_films(chosen.films)
    whole = recipe_of(chosen.verb, chosen.seed, accept_data=False)
    recipe = whole if chosen.algorithms is None else _among(whole, chosen.algorithms)
    forever = Budget(math.inf)
    with Workers(TrainSettings().processes) as workers, watching() as watcher:
        found = repeated(films, recipe, chosen.repeats, workers, forever, watcher)
        missed = any(report.missed(each, chosen.seed) for each in (found.folds, found.newest))
        curve = _curve(found, chosen.seed, workers, watcher) if missed else []
    page = "\n".join([_introduction(chosen, recipe, found), *_told(found, curve, chosen.seed), ""])
    print(page)
    if recipe is whole and chosen.verb == WHOLE_VERB and chosen.repeats >= WHOLE_REPEATS and not chosen.films:
        RESULTS.write_text(page, encoding="utf-8")


def _among(recipe: Recipe, names: Sequence[str]) -> Recipe:
    """The recipe with some of its algorithms alone."""
    algorithms = [each for each in recipe.algorithms if each.name in names]
    if set(names) - set(recipe.compared) or not any(each.servable for each in algorithms):
        sys.exit(f"error: --algorithms takes {', '.join(recipe.compared)}, one of them that may be served")
    return replace(recipe, algorithms=algorithms, vote=VOTE in names)


def _told(found: Repeated, curve: list[LearningPoint], seed: int) -> Iterator[str]:
    for title, answered in (("Repeated folds", found.folds), ("The newest fifth, by those before it", found.newest)):
        yield f"\n## {title}\n"
        yield from report.compared(answered, seed)
        for figure in report.missed(answered, seed):
            yield from report.nearest(answered, figure, seed)
    if curve:
        yield from report.curve(curve)


def _curve(found: Repeated, seed: int, workers: Mapper, watcher: Watcher) -> list[LearningPoint]:
    answers = pooled(found.procedure.folds, found.films)
    whole = {CROSS_VALIDATION: score(answers, seed)}
    procedure = Evaluation(found.procedure, {CROSS_VALIDATION: answers}, whole, {})
    return learning_curve(found.films, procedure, seed, workers, Budget(math.inf), watcher)


def _introduction(chosen: Namespace, recipe: Recipe, found: Repeated) -> str:
    return _INTRODUCTION.format(
        when=f"{datetime.now(UTC):%Y-%m-%d}",
        cores=os.cpu_count(),
        load=f"{os.getloadavg()[0]:.1f}",
        what=chosen.films.name if chosen.films else "the sample",
        films=f"{len(found.films):,}",
        complete=f"{int(found.films.complete.sum()):,}",
        repeats=chosen.repeats,
        folds=recipe.outer_folds,
        seed=chosen.seed,
        verb=chosen.verb,
        algorithms=", ".join(recipe.compared),
    )


def _arguments() -> Namespace:
    parser = ArgumentParser(prog="benchmarks.defaults", description=__doc__)
    parser.add_argument("--films", type=Path)
    parser.add_argument("--verb", choices=["run", "compare"], default=WHOLE_VERB)
    parser.add_argument("--repeats", type=int, default=WHOLE_REPEATS)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--algorithms", type=lambda said: said.split(","))
    return parser.parse_args()


if __name__ == "__main__":
    main()
