"""The algorithms that only the full search compares, beside those that every run does."""

from sklearn.ensemble import ExtraTreesClassifier
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from xgboost import XGBClassifier

from cinecote_train.algorithms import CLASSIFIER, FEATURES, Algorithm, trees
from cinecote_train.estimators.feature_sets import Inputs
from cinecote_train.estimators.film_features import FilmFeatures
from cinecote_train.estimators.nearest_rows import NearestRows


def _extra_trees(wanted: Inputs, seed: int) -> Pipeline:
    return trees(wanted, ExtraTreesClassifier(n_estimators=100, random_state=seed, n_jobs=1))


def _xgboost(wanted: Inputs, seed: int) -> Pipeline:
    return trees(wanted, XGBClassifier(tree_method="hist", random_state=seed, n_jobs=1))


def _k_nearest(wanted: Inputs, _seed: int) -> Pipeline:
    return Pipeline(
        [
            (FEATURES, FilmFeatures(wanted)),
            ("imputer", SimpleImputer(add_indicator=True, keep_empty_features=True)),
            ("scaler", StandardScaler()),
            (CLASSIFIER, NearestRows()),
        ]
    )


FURTHER: tuple[Algorithm, ...] = (
    Algorithm(
        "extra_trees",
        _extra_trees,
        {
            f"{CLASSIFIER}__min_samples_leaf": [3, 5, 8],
            f"{CLASSIFIER}__max_features": [2, 4, 8],
            f"{CLASSIFIER}__max_depth": [8, 12, 16],
        },
    ),
    Algorithm(
        "xgboost",
        _xgboost,
        {
            f"{CLASSIFIER}__n_estimators": [60, 80, 120],
            f"{CLASSIFIER}__learning_rate": [0.04, 0.05, 0.06],
            f"{CLASSIFIER}__max_depth": [3, 4, 5],
            f"{CLASSIFIER}__min_child_weight": [5, 10, 20],
            f"{CLASSIFIER}__subsample": [0.7, 1.0],
            f"{CLASSIFIER}__reg_lambda": [1.0, 5.0],
        },
    ),
    Algorithm(
        "k_nearest",
        _k_nearest,
        {f"{CLASSIFIER}__n_neighbors": [20, 30, 50, 80, 120], f"{CLASSIFIER}__p": [1, 2]},
        servable=False,
    ),
)
