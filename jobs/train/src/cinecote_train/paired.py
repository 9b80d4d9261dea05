"""Two models' answers to the same films, and how far apart chance leaves them."""

from dataclasses import dataclass

import numpy as np

from cinecote.films import CATEGORIES
from cinecote_train import metrics
from cinecote_train.arrays import Floats, Integers
from cinecote_train.scoring import RESAMPLES, Estimate, estimate, weights_of_resamples


@dataclass(frozen=True)
class Paired:
    """`labels` [n], and what challenger and champion answered, [n, categories], none fitted on these films."""

    labels: Integers
    challenger: Floats
    champion: Floats

    def answered(self) -> "Paired":
        """The films that both answered."""
        both = ~np.isnan(self.champion).any(axis=1)
        return Paired(self.labels[both], self.challenger[both], self.champion[both])

    def with_more(self, other: "Paired") -> "Paired":
        """These films and others."""
        return Paired(
            np.concatenate([self.labels, other.labels]),
            np.vstack([self.challenger, other.challenger]),
            np.vstack([self.champion, other.champion]),
        )


@dataclass(frozen=True)
class Difference:
    """Macro-F1 of both on `films` films, the challenger's less the champion's, and each category's F1."""

    films: int
    challenger: float
    champion: float
    macro_f1: Estimate
    falls: dict[str, float]
    """By category: the champion's F1 less the challenger's."""

    @property
    def half_width(self) -> float:
        return (self.macro_f1.high - self.macro_f1.low) / 2


def difference(paired: Paired, seed: int) -> Difference:
    """By a bootstrap over films, both models scored on each resample; the same seed gives the same interval."""
    cells = [metrics.cells(paired.labels, each) for each in (paired.challenger, paired.champion)]
    whole = [metrics.confusions(np.ones((1, len(each))), each) for each in cells]
    scores = [float(metrics.macro_f1(each)[0]) for each in whole]
    rng = np.random.default_rng(seed)
    drawn = [
        metrics.macro_f1(metrics.confusions(weights, cells[0]))
        - metrics.macro_f1(metrics.confusions(weights, cells[1]))
        for weights in weights_of_resamples(len(paired.labels), rng, RESAMPLES)
    ]
    by_category = [metrics.f1(each)[0] for each in whole]
    return Difference(
        films=len(paired.labels),
        challenger=scores[0],
        champion=scores[1],
        macro_f1=estimate(scores[0] - scores[1], np.concatenate(drawn)),
        falls=dict(zip(CATEGORIES, (by_category[1] - by_category[0]).tolist(), strict=True)),
    )
