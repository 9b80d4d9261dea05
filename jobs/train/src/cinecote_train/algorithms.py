"""The algorithms that are compared, each with the hyperparameters it is searched over, and the baselines."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lightgbm import LGBMClassifier
from sklearn.base import ClassifierMixin
from sklearn.compose import ColumnTransformer
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from cinecote.features import BUDGET, RUNTIME, VOTE_COUNT, Input
from cinecote.models import AFTER_RELEASE, BEFORE_RELEASE
from cinecote_train.estimators.feature_sets import Inputs, as_they_are, logarithms
from cinecote_train.estimators.film_features import FilmFeatures
from cinecote_train.estimators.proportional_odds import ProportionalOdds
from cinecote_train.estimators.seen_range import SeenRange

CLASSIFIER = "classifier"
FEATURES = "features"


@dataclass(frozen=True)
class Algorithm:
    """A pipeline from a film's inputs to probabilities, made anew for a seed; `space` is empty for a baseline.

    One that isn't `servable` is compared, and never chosen: it has no graph.
    """

    name: str
    pipeline: Callable[[Inputs, int], Pipeline]
    space: Mapping[str, Any] = field(default_factory=dict)
    servable: bool = True


def trees(wanted: Inputs, classifier: ClassifierMixin) -> Pipeline:
    """A pipeline whose classifier takes the features as they are, unknown ones too."""
    return Pipeline([(FEATURES, FilmFeatures(wanted)), (CLASSIFIER, classifier)])


def _linear(wanted: Inputs, classifier: ClassifierMixin) -> Pipeline:
    return Pipeline(
        [
            (FEATURES, FilmFeatures(wanted)),
            ("imputer", SimpleImputer(add_indicator=True, keep_empty_features=True)),
            ("range", SeenRange()),
            ("scaler", StandardScaler()),
            ("polynomial", PolynomialFeatures(include_bias=False)),
            ("rescaler", StandardScaler()),
            (CLASSIFIER, classifier),
        ]
    )


def _some_features(wanted: Inputs, columns: list[int], classifier: ClassifierMixin) -> Pipeline:
    return Pipeline(
        [
            (FEATURES, FilmFeatures(wanted)),
            ("chosen", ColumnTransformer([("chosen", "passthrough", columns)])),
            ("imputer", SimpleImputer(add_indicator=True, keep_empty_features=True)),
            ("scaler", StandardScaler()),
            (CLASSIFIER, classifier),
        ]
    )


def _logistic(wanted: Inputs, _seed: int) -> Pipeline:
    return _linear(wanted, LogisticRegression(max_iter=2_000, tol=1e-6))


def _ordinal(wanted: Inputs, _seed: int) -> Pipeline:
    return _linear(wanted, ProportionalOdds())


def _random_forest(wanted: Inputs, seed: int) -> Pipeline:
    return trees(wanted, RandomForestClassifier(n_estimators=100, random_state=seed, n_jobs=1))


def _hist_gradient_boosting(wanted: Inputs, seed: int) -> Pipeline:
    return trees(wanted, HistGradientBoostingClassifier(early_stopping=False, random_state=seed))


def _lightgbm(wanted: Inputs, seed: int) -> Pipeline:
    return trees(
        wanted,
        LGBMClassifier(
            random_state=seed, n_jobs=1, deterministic=True, force_row_wise=True, subsample_freq=1, verbose=-1
        ),
    )


_LINEAR_SPACE = {"polynomial__degree": [1, 2], f"{CLASSIFIER}__C": [0.02, 0.05, 0.15]}

ALGORITHMS: tuple[Algorithm, ...] = (
    Algorithm("logistic", _logistic, _LINEAR_SPACE),
    Algorithm(
        "random_forest",
        _random_forest,
        {
            f"{CLASSIFIER}__max_samples": [0.3, 0.4, 0.5],
            f"{CLASSIFIER}__min_samples_leaf": [4, 5, 8],
            f"{CLASSIFIER}__max_features": [2, 3],
        },
    ),
    Algorithm(
        "lightgbm",
        _lightgbm,
        {
            f"{CLASSIFIER}__n_estimators": [60, 80, 120],
            f"{CLASSIFIER}__learning_rate": [0.04, 0.05, 0.06],
            f"{CLASSIFIER}__num_leaves": [6, 8, 12],
            f"{CLASSIFIER}__min_child_samples": [20, 40],
            f"{CLASSIFIER}__subsample": [0.7, 1.0],
            f"{CLASSIFIER}__reg_lambda": [0.0, 5.0],
        },
    ),
    Algorithm("ordinal", _ordinal, _LINEAR_SPACE),
    Algorithm(
        "hist_gradient_boosting",
        _hist_gradient_boosting,
        {
            f"{CLASSIFIER}__max_iter": [40, 60, 80],
            f"{CLASSIFIER}__learning_rate": [0.05, 0.06, 0.08],
            f"{CLASSIFIER}__max_leaf_nodes": [6, 8, 12],
            f"{CLASSIFIER}__min_samples_leaf": [20, 40],
            f"{CLASSIFIER}__l2_regularization": [0.0, 5.0],
            f"{CLASSIFIER}__max_bins": [31, 63],
        },
    ),
)
"""Unlike ones first: what a short time budget leaves out is nearest to what it has compared."""


def _majority(wanted: Inputs, _seed: int) -> Pipeline:
    return trees(wanted, DummyClassifier(strategy="prior"))


def _alone(single: Input) -> Callable[[Inputs, int], Pipeline]:
    def pipeline(wanted: Inputs, _seed: int) -> Pipeline:
        told = [*logarithms(wanted), *as_they_are(wanted)]
        return _some_features(wanted, [told.index(wanted.index(single))], LogisticRegression(max_iter=2_000))

    return pipeline


def _linear_ordinal(wanted: Inputs, _seed: int) -> Pipeline:
    return _some_features(wanted, list(range(len(wanted))), ProportionalOdds())


BASELINES: Mapping[str, tuple[Algorithm, ...]] = {
    AFTER_RELEASE.name: (
        Algorithm("majority", _majority),
        Algorithm("votes_alone", _alone(VOTE_COUNT)),
        Algorithm("linear_ordinal", _linear_ordinal),
    ),
    BEFORE_RELEASE.name: (
        Algorithm("majority", _majority),
        Algorithm("budget_alone", _alone(BUDGET)),
        Algorithm("runtime_alone", _alone(RUNTIME)),
        Algorithm("linear_ordinal", _linear_ordinal),
    ),
}
"""By the model's name: what it must beat."""
