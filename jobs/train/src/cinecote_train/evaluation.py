"""What each candidate is worth, on films that its models never saw."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from cinecote_train.comparison import Candidate, Outcome
from cinecote_train.dataset import Films
from cinecote_train.scoring import MACRO_F1, Answers, Confusion, Estimate, score, score_confusion
from cinecote_train.splits import BY_DATE
from cinecote_train.workers import Mapper

CROSS_VALIDATION = "cross_validation"
COMPLETE = "complete"
NEWEST = "by_date"
HELD_OUT = "held_out"
SETS = (CROSS_VALIDATION, COMPLETE, NEWEST, HELD_OUT)

Scores = Mapping[str, Mapping[str, Estimate]]
"""By set, then by figure."""


@dataclass(frozen=True)
class Evaluation:
    """A candidate's answers, scores and confusions, by set."""

    candidate: Candidate
    answers: Mapping[str, Answers]
    scores: Scores
    confusions: Mapping[str, Confusion]

    @property
    def name(self) -> str:
        return self.candidate.name

    @property
    def goal(self) -> Estimate:
        """Macro-F1 on the complete films, each answered by models that never saw it."""
        return self.scores[COMPLETE][MACRO_F1]


def evaluate(
    candidates: Sequence[Candidate], training: Films, held_out: Films, seed: int, workers: Mapper
) -> list[Evaluation]:
    """The candidates' evaluations, in order."""
    answers = [_answers(candidate, training, held_out) for candidate in candidates]
    scored = workers.map(partial(_scores, seed), answers)
    return [Evaluation(candidate, own, *each) for candidate, own, each in zip(candidates, answers, scored, strict=True)]


def _scores(seed: int, answers: Mapping[str, Answers]) -> tuple[Scores, Mapping[str, Confusion]]:
    return (
        {name: score(answers[name], seed) for name in SETS},
        {name: score_confusion(answers[name], seed) for name in SETS},
    )


def _answers(candidate: Candidate, training: Films, held_out: Films) -> dict[str, Answers]:
    all_films = pooled(candidate.folds, training)
    newest = candidate.outcomes[BY_DATE]
    complete = training.complete
    return {
        CROSS_VALIDATION: all_films,
        COMPLETE: Answers(all_films.labels[complete], all_films.probabilities[complete]),
        NEWEST: Answers(training.categories[newest.split.scored], newest.probabilities),
        HELD_OUT: Answers(held_out.categories, candidate.final.model.predict_proba(held_out.inputs)),
    }


def pooled(folds: Sequence[Outcome], training: Films) -> Answers:
    """Each training film's answer by the models of the fold that left it out."""
    films = np.concatenate([outcome.split.scored for outcome in folds])
    probabilities = np.concatenate([outcome.probabilities for outcome in folds])
    order = np.argsort(films)
    return Answers(training.categories, probabilities[order])
