"""A soft vote of the best candidates, which is a candidate itself."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from sklearn.base import clone
from sklearn.ensemble import VotingClassifier
from sklearn.model_selection import cross_val_predict
from threadpoolctl import threadpool_limits

from cinecote_train.comparison import Candidate, Outcome, Plan, answered
from cinecote_train.dataset import Films
from cinecote_train.metrics import log_losses
from cinecote_train.search import Fitted
from cinecote_train.splits import Split
from cinecote_train.workers import Mapper

VOTE = "soft_vote"
"""The candidate's name: a film's votes are something else."""

SEATS = 3


def voted(plan: Plan, candidates: Iterable[Candidate], workers: Mapper) -> Candidate:
    """On each split, a vote of those that its seen films alone speak for."""
    rivals = [candidate for candidate in candidates if candidate.servable]
    ballots = [
        (outcome.split, _elected([rival.outcomes[name].fitted for rival in rivals]))
        for name, outcome in rivals[0].outcomes.items()
    ]
    outcomes = workers.map(partial(_outcome, plan.films), ballots)
    return Candidate(VOTE, {outcome.split.name: outcome for outcome in outcomes})


def _elected(rivals: Sequence[Fitted]) -> list[Fitted]:
    """The best, the one that promises most first; unfitted, as a forest is megabytes to send to a worker."""
    best = sorted(rivals, key=lambda rival: rival.inner_log_loss)[:SEATS]
    return [replace(rival, model=clone(rival.model)) for rival in best]


def _outcome(films: Films, ballot: tuple[Split, Sequence[Fitted]]) -> Outcome:
    split, members = ballot
    return answered(films, split, fit_vote(members, films.take(split.seen)))


def fit_vote(members: Sequence[Fitted], films: Films) -> Fitted:
    """Fit the members' mean on the films that they were searched on, and calibrate it as the first one is, the best.

    Searches end on more or fewer films, so its `inner_log_loss` is its best member's with what the mean gains on that
    one added, both on all of the films, in the same inner folds.
    """
    started = time.perf_counter()
    best = members[0]
    with threadpool_limits(1):
        apart = [
            cross_val_predict(
                member.model.estimator, films.inputs, films.categories, cv=best.model.cv, method="predict_proba"
            )
            for member in members
        ]
        losses = [float(log_losses(films.categories, each).mean()) for each in (*apart, np.mean(apart, axis=0))]
        mean = VotingClassifier([(each.algorithm, each.model.estimator) for each in members], voting="soft")
        model = clone(best.model).set_params(estimator=mean).fit(films.inputs, films.categories)
    names = [member.algorithm for member in members]
    return Fitted(
        algorithm=VOTE,
        model=model,
        parameters={"members": ", ".join(names)} | _parameters(members),
        inner_log_loss=best.inner_log_loss + (losses[-1] - losses[0]),
        seconds=time.perf_counter() - started + sum(member.seconds for member in members),
        trials=[
            {"films": len(films), "log_loss": loss, "member": name}
            for name, loss in zip([*names, VOTE], losses, strict=True)
        ],
    )


def _parameters(members: Sequence[Fitted]) -> dict[str, object]:
    return {f"{member.algorithm}.{name}": value for member in members for name, value in member.parameters.items()}
