"""Our procedure and the libraries' defaults on the same repeated folds, and on the same split by date."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from benchmarks.defaults.library_models import DEFAULTS, answered
from cinecote_train.arrays import Floats, Integers
from cinecote_train.comparison import Candidate, Clock, Plan, Watcher, chosen, compare
from cinecote_train.dataset import Films
from cinecote_train.evaluation import pooled
from cinecote_train.recipe import Recipe
from cinecote_train.splits import BY_DATE, Split, by_date, folds
from cinecote_train.vote import voted
from cinecote_train.workers import Mapper

OURS = "ours"


@dataclass(frozen=True)
class Answered:
    """`labels` [n] of films, and what each way answered, by its name: [repeats, n, categories].

    OURS is the whole procedure; `attempts` are its candidates alone, `defaults` the libraries'.
    """

    labels: Integers
    attempts: dict[str, Floats]
    defaults: dict[str, Floats]


@dataclass(frozen=True)
class Repeated:
    """On all films by repeated folds, and on the newest ones; `procedure` is that of the first repeat."""

    films: Films
    folds: Answered
    newest: Answered
    procedure: Candidate


class _Folds(Plan):
    """The folds of a cross-validation alone."""

    def splits(self) -> list[Split]:
        return folds(self.films, self.seed, self.outer_folds)


class _Newest(Plan):
    """The split by date alone."""

    def splits(self) -> list[Split]:
        return [by_date(self.films)]


def repeated(films: Films, recipe: Recipe, repeats: int, workers: Mapper, clock: Clock, watcher: Watcher) -> Repeated:
    """Everything that is chosen is chosen inside each fold, of so many times five; the n-th repeat's seed is n more."""
    procedures: list[Candidate] = []
    attempts: list[dict[str, Floats]] = []
    defaults: list[dict[str, Floats]] = []
    for number in range(repeats):
        part = _Folds(films, recipe.effort, recipe.seed + number, recipe.outer_folds)
        watcher.say(f"repeat {number + 1} of {repeats}")
        procedure, *candidates = _tried(part, recipe, workers, clock, watcher)
        procedures.append(procedure)
        attempts.append({each.name: pooled(each.folds, films).probabilities for each in (procedure, *candidates)})
        defaults.append(dict(_by_default(part, workers)))
    watcher.say("the split by date")
    newest = _newest(_Newest(films, recipe.effort, recipe.seed), recipe, workers, clock, watcher)
    return Repeated(films, Answered(films.categories, _stacked(attempts), _stacked(defaults)), newest, procedures[0])


def _newest(plan: Plan, recipe: Recipe, workers: Mapper, clock: Clock, watcher: Watcher) -> Answered:
    tried = _tried(plan, recipe, workers, clock, watcher)
    attempts = {each.name: each.outcomes[BY_DATE].probabilities for each in tried}
    (split,) = plan.splits()
    labels = plan.films.categories[split.scored]
    return Answered(labels, _stacked([attempts]), _stacked([dict(_by_default(plan, workers))]))


def _tried(plan: Plan, recipe: Recipe, workers: Mapper, clock: Clock, watcher: Watcher) -> list[Candidate]:
    """The recipe's whole procedure, OURS, and its candidates alone."""
    candidates = compare(plan, recipe.algorithms, workers, clock, watcher)
    if recipe.vote:
        candidates.append(voted(plan, candidates, workers))
    return [replace(chosen(candidates), name=OURS), *candidates]


def _by_default(plan: Plan, workers: Mapper) -> Iterator[tuple[str, Floats]]:
    """By name, what each default model answers to the films that the plan's splits score, by rising place."""
    splits = plan.splits()
    order = np.argsort(np.concatenate([split.scored for split in splits]))
    asked = [(name, split) for name in DEFAULTS for split in splits]
    each = list(workers.map(partial(answered, plan.films, plan.seed), asked))
    for place, name in enumerate(DEFAULTS):
        own = each[place * len(splits) : (place + 1) * len(splits)]
        yield name, np.concatenate(own)[order]


def _stacked(repeats: Sequence[dict[str, Floats]]) -> dict[str, Floats]:
    return {name: np.stack([repeat[name] for repeat in repeats]) for name in repeats[0]}
