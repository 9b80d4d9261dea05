"""What speaks for a new model and against it: its worth by itself, and beside the champion on the same films."""

import numpy as np

from cinecote_train.arrays import Floats
from cinecote_train.champion import Champion
from cinecote_train.dataset import Films
from cinecote_train.evaluation import CROSS_VALIDATION
from cinecote_train.gate import Worth
from cinecote_train.manifest import Made
from cinecote_train.paired import Difference, Paired, difference
from cinecote_train.scoring import CALIBRATION, LOG_LOSS, MACRO_F1
from cinecote_train.serving import ServedGraph

HALF_WIDTH = 0.02
"""Of the difference's interval: where the held-out films alone leave it wider, the others' out-of-fold answers help."""

_SEED = 0
"""Of the resampling: judged again, the same answers give the same figures."""


def worth(made: Made) -> Worth:
    """Of the whole procedure, on films that its models never saw."""
    scores = made.scores[CROSS_VALIDATION]
    counts = np.array(list(made.training.category_counts.values()))
    shares = counts[counts > 0] / counts.sum()
    return Worth(
        macro_f1=scores[MACRO_F1].value,
        log_loss=scores[LOG_LOSS],
        blind_log_loss=float(-(shares * np.log(shares)).sum()),
        calibration_error=scores[CALIBRATION],
        seconds_a_prediction=made.seconds_a_prediction,
    )


def beside(champion: Champion, made: Made, held_out: float) -> tuple[Difference, str]:
    """Both models on the held-out films, or on all of them where those are too few, and which films these were."""
    outside = _paired(champion, made.held_out, ServedGraph(made.graph).probabilities(made.held_out.inputs), held_out)
    found = difference(outside, _SEED)
    if found.half_width <= HALF_WIDTH:
        return found, "held out"
    inside = _paired(champion, made.training, made.out_of_fold, held_out)
    if not len(inside.labels):
        return found, "held out"
    return difference(outside.with_more(inside), _SEED), "held out or out of fold"


def _paired(champion: Champion, films: Films, answers: Floats, held_out: float) -> Paired:
    return Paired(films.categories, answers, champion.honest(films, held_out)).answered()
