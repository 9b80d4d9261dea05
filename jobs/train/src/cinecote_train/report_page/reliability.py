"""Whether what is stated comes true: films by the probability of the category that was named."""

from dataclasses import dataclass

import numpy as np

from cinecote_train.scoring import RESAMPLES, Answers, Estimate, estimate

_BINS = 10


@dataclass(frozen=True)
class Bin:
    """`films` that were answered about as surely: the mean of what was stated, and the share that was right."""

    films: int
    stated: float
    right: Estimate


def reliability(answers: Answers, seed: int) -> list[Bin]:
    """Ten bins of equal count, the least sure first."""
    confidence = answers.probabilities.max(axis=1)
    right = answers.probabilities.argmax(axis=1) == answers.labels
    rng = np.random.default_rng(seed)
    parts = np.array_split(np.argsort(confidence, kind="stable"), min(_BINS, len(confidence)))
    found = []
    for films in parts:
        share = float(right[films].mean())
        # How many of a resample are right is all that matters of it.
        drawn = rng.binomial(len(films), share, RESAMPLES) / len(films)
        found.append(Bin(len(films), float(confidence[films].mean()), estimate(share, drawn)))
    return found
