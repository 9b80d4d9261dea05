"""Every algorithm through the whole procedure, on every split, on all cores, within the time budget."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import numpy as np

from cinecote_train.algorithms import Algorithm
from cinecote_train.arrays import Floats
from cinecote_train.dataset import Films
from cinecote_train.search import Effort, Fitted, Searched, fit
from cinecote_train.searches import Memory, Searches
from cinecote_train.splits import BY_DATE, FINAL, OUTER_FOLDS, Split, by_date, final, folds
from cinecote_train.workers import Mapper


@dataclass(frozen=True)
class Outcome:
    """What one split gave: a model of its seen films, and probabilities ([n, categories]) for its scored ones."""

    split: Split
    fitted: Fitted
    probabilities: Floats


@dataclass(frozen=True)
class Candidate:
    """One outcome a split, by the split's name; FINAL's model is the one that could be served, if any."""

    name: str
    outcomes: Mapping[str, Outcome]
    servable: bool = True

    @property
    def final(self) -> Fitted:
        return self.outcomes[FINAL].fitted

    @property
    def folds(self) -> list[Outcome]:
        """Those of the cross-validation, which score every film once."""
        return [outcome for name, outcome in self.outcomes.items() if name not in (BY_DATE, FINAL)]


@dataclass(frozen=True)
class Plan:
    """How a comparison goes: the films, how much is tried, from which seed, scored in how many folds."""

    films: Films
    effort: Effort
    seed: int
    outer_folds: int = OUTER_FOLDS

    def splits(self) -> list[Split]:
        return [*folds(self.films, self.seed, self.outer_folds), by_date(self.films), final(self.films)]


class Watcher(Protocol):
    """Told of the work as it goes."""

    def begin(self, steps: int) -> None: ...
    def fitting(self, algorithm: str) -> None: ...
    def fitted(self, algorithm: str, split: str) -> None: ...
    def skipped(self, algorithm: str) -> None: ...
    def taken_up(self, searches: int) -> None: ...
    def say(self, what: str) -> None: ...


class Clock(Protocol):
    """The time budget."""

    def is_over(self) -> bool: ...


def compare(
    plan: Plan,
    algorithms: Sequence[Algorithm],
    workers: Mapper,
    clock: Clock,
    watcher: Watcher,
    memory: Memory | None = None,
) -> list[Candidate]:
    """Each algorithm on every split; those whose turn comes after the budget is spent are left out, never the first.

    A search that `memory` knows isn't done again; it is told of each other one as soon as that is done.
    """
    splits = plan.splits()
    watcher.begin(len(splits) * len(algorithms))
    searches = Searches({} if memory is None else memory, plan.effort, plan.seed)
    for split in splits:
        searches.look_up(algorithms, split.name, plan.films.take(split.seen))
    if searches.found:
        watcher.taken_up(len(searches.found))
    candidates: list[Candidate] = []
    for algorithm in algorithms:
        if candidates and clock.is_over():
            watcher.skipped(algorithm.name)
            continue
        watcher.fitting(algorithm.name)
        outcomes: dict[str, Outcome] = {}
        # The last split has most films: begun first, it leaves no core idle at the end.
        begun = [(split, searches.found.get((algorithm.name, split.name))) for split in reversed(splits)]
        for outcome in workers.map(partial(_outcome, plan, algorithm), begun):
            searches.keep(outcome.split.name, outcome.fitted)
            outcomes[outcome.split.name] = outcome
            watcher.fitted(algorithm.name, outcome.split.name)
        candidates.append(Candidate(algorithm.name, outcomes, algorithm.servable))
    return candidates


def baseline(plan: Plan, algorithm: Algorithm) -> Candidate:
    """A baseline on every split."""
    return Candidate(algorithm.name, {split.name: _outcome(plan, algorithm, (split, None)) for split in plan.splits()})


def chosen(candidates: Iterable[Candidate]) -> Candidate:
    """The procedure as a whole: on each split, of those that could be served, the one that its seen films speak for."""
    rivals = [candidate for candidate in candidates if candidate.servable]
    best = {
        name: min((rival.outcomes[name] for rival in rivals), key=lambda outcome: outcome.fitted.inner_log_loss)
        for name in rivals[0].outcomes
    }
    return Candidate("chosen", best)


def _outcome(plan: Plan, algorithm: Algorithm, begun: tuple[Split, Searched | None]) -> Outcome:
    split, found = begun
    fitted = fit(algorithm, plan.films.take(split.seen), plan.effort, plan.seed, found)
    return answered(plan.films, split, fitted)


def answered(films: Films, split: Split, fitted: Fitted) -> Outcome:
    """What a model of the split's seen films answers for its scored ones."""
    scored = films.inputs[split.scored]
    probabilities = fitted.model.predict_proba(scored) if len(scored) else np.empty((0, 0))
    return Outcome(split, fitted, probabilities)
