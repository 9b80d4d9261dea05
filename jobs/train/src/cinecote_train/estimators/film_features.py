"""The features that every algorithm sees, made from a film's inputs."""

from typing import Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from cinecote.features import RELEASE_YEAR
from cinecote_train.arrays import Floats
from cinecote_train.estimators.feature_sets import (
    SETS,
    USUAL,
    Inputs,
    aged,
    as_they_are,
    feature_names,
    logarithms,
    ratios,
)


def film_features(inputs: Floats, wanted: Inputs, name: str = USUAL, newest: float = RELEASE_YEAR.maximum) -> Floats:
    """[n, features] from [n, wanted], in the order of `feature_names`; NaN where unknown.

    Age counts from the year `newest`; no film is younger. Every value is one that float32 can hold, so that a unit in
    the last place between two libraries' logarithms never reaches a tree's threshold.
    """
    logs = np.log(inputs[:, logarithms(wanted)] + 1.0)
    differences = [logs[:, over] - logs[:, under] for over, under in ratios(wanted, name)]
    ages = np.log(np.maximum(newest - inputs[:, aged(wanted, name)], 0.0) + 1.0)
    unknown = np.isnan(inputs if SETS[name].unknown else inputs[:, :0])
    features = np.column_stack([logs, inputs[:, as_they_are(wanted, name)], *differences, ages, unknown])
    return features.astype(np.float32).astype(np.float64)


class FilmFeatures(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """`film_features` as a step of a pipeline; of the films it learns the newest year, from which age counts.

    Parameters
    ----------
    wanted : tuple of Input
        What the columns are.
    features : str
        Name of one of `feature_sets.SETS`.

    Attributes
    ----------
    n_features_in_ : int
        How many columns there are.
    newest_ : float
        The newest release year, where that is among them.
    """

    def __init__(self, wanted: Inputs, *, features: str = USUAL) -> None:
        self.wanted = wanted
        self.features = features

    def fit(self, X: Floats, y: object = None) -> Self:  # noqa: ARG002
        """Check the shape, and find the newest year.

        Parameters
        ----------
        X : ndarray of shape (n, inputs)
            NaN is unknown.
        y : ignored
        """
        if X.ndim != 2 or X.shape[1] != len(self.wanted):
            raise ValueError(f"X must be [n, {len(self.wanted)}]")
        self.n_features_in_ = X.shape[1]
        # Unlike max, fmax passes over what is unknown.
        years = X[:, aged(self.wanted, self.features)]
        self.newest_ = float(np.fmax.reduce(years, axis=None, initial=RELEASE_YEAR.minimum))
        return self

    def transform(self, X: Floats) -> Floats:
        """The features.

        Parameters
        ----------
        X : ndarray of shape (n, inputs)

        Returns
        -------
        ndarray of shape (n, features)
        """
        return film_features(X, self.wanted, self.features, self.newest_)


def features_used(model: BaseEstimator) -> list[str]:
    """The names of what a model, whatever is around its pipelines, makes of its inputs."""
    steps = [each for each in model.get_params().values() if isinstance(each, FilmFeatures)]
    return list(dict.fromkeys(name for step in steps for name in feature_names(step.wanted, step.features)))
