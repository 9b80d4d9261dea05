"""What the libraries give of themselves: their models as they come, on a film's four inputs as they are."""

import warnings
from collections.abc import Callable, Mapping

import numpy as np
from lightgbm import LGBMClassifier
from sklearn.base import ClassifierMixin
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from threadpoolctl import threadpool_limits

from cinecote.features import INPUTS
from cinecote_train.arrays import Floats
from cinecote_train.dataset import Films
from cinecote_train.splits import Split


def _imputed(classifier: ClassifierMixin) -> ClassifierMixin:
    return make_pipeline(SimpleImputer(strategy="median"), classifier)


# Threads and words on the terminal are the only settings that aren't the library's own.
DEFAULTS: Mapping[str, Callable[[int], ClassifierMixin]] = {
    "random forest": lambda seed: RandomForestClassifier(random_state=seed),
    "extra trees": lambda seed: ExtraTreesClassifier(random_state=seed),
    "HistGradientBoosting": lambda seed: HistGradientBoostingClassifier(random_state=seed),
    "LightGBM": lambda seed: LGBMClassifier(random_state=seed, n_jobs=1, verbose=-1),
    # Unscaled dollars: it ends before it has converged, as it does for whoever takes it as it comes.
    "logistic regression": lambda _seed: _imputed(LogisticRegression()),
    "k-nearest": lambda _seed: _imputed(KNeighborsClassifier()),
}
"""By name: the model, made anew for a seed; unknown values are medians where the library can't take them."""


def answered(films: Films, seed: int, asked: tuple[str, Split]) -> Floats:
    """[scored, categories]: what the default model of this name answers to a split's scored films."""
    name, split = asked
    columns = [films.model.inputs.index(each) for each in INPUTS]
    inputs = films.inputs[:, columns]
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = DEFAULTS[name](seed).fit(inputs[split.seen], films.categories[split.seen])
        return np.asarray(model.predict_proba(inputs[split.scored]), dtype=np.float64)
