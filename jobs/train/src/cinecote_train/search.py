"""One algorithm on one set of films: its hyperparameters searched, the best calibrated."""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.calibration import CalibratedClassifierCV
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.model_selection import HalvingRandomSearchCV, StratifiedKFold
from threadpoolctl import threadpool_limits

from cinecote_train.algorithms import FEATURES, Algorithm
from cinecote_train.arrays import Floats, Integers
from cinecote_train.dataset import Films
from cinecote_train.estimators.feature_sets import Inputs, choices
from cinecote_train.estimators.masked_copy import MaskedCopy
from cinecote_train.metrics import log_losses

_INSIDE = "estimator__"
_RAREST = 40
"""Films of the rarest category in the smallest part of the films that a search tries."""


@dataclass(frozen=True)
class Effort:
    """How much is tried: `trials` sets of hyperparameters an algorithm, where it has as many, on `folds` inner folds.

    After each round one in `factor` goes on, on `factor` times as many films; where every set is tried, they are all
    tried on all films. With `features`, which features are made of the inputs is a hyperparameter like the others.
    """

    trials: int
    factor: int
    folds: int
    features: bool = False


RUN = Effort(trials=4, factor=4, folds=3)
COMPARE = Effort(trials=27, factor=3, folds=5, features=True)


@dataclass(frozen=True)
class Searched:
    """What a search came to, and in how many seconds: plain values, which JSON keeps to the last bit."""

    parameters: Mapping[str, Any]
    inner_log_loss: float
    seconds: float
    trials: list[dict[str, Any]]


@dataclass(frozen=True)
class Fitted:
    """A calibrated model, how it was found, and what it may expect to score (`inner_log_loss`, from inside alone).

    Of its `seconds`, `search_seconds` were the search's.
    """

    algorithm: str
    model: BaseEstimator
    parameters: Mapping[str, Any]
    inner_log_loss: float
    seconds: float
    trials: list[dict[str, Any]] = field(default_factory=list)
    search_seconds: float = 0.0

    @property
    def searched(self) -> Searched:
        return Searched(self.parameters, self.inner_log_loss, self.search_seconds, self.trials)


def fit(algorithm: Algorithm, films: Films, effort: Effort, seed: int, found: Searched | None = None) -> Fitted:
    """Search, calibrate and fit `algorithm` on these films and no others; the same answer on any number of cores.

    With what the same search `found` before, it isn't done again, and the answer is the same too. A baseline, which has
    nothing to search over, is fitted as it stands.
    """
    with threadpool_limits(1):
        searched = found or _searched(algorithm, films, effort, seed)
        started = time.perf_counter()
        model = _fitted(algorithm, films, effort, seed, searched.parameters)
    return Fitted(
        algorithm=algorithm.name,
        model=model,
        parameters=searched.parameters,
        inner_log_loss=searched.inner_log_loss,
        seconds=searched.seconds + time.perf_counter() - started,
        trials=searched.trials,
        search_seconds=searched.seconds,
    )


def _fitted(
    algorithm: Algorithm, films: Films, effort: Effort, seed: int, parameters: Mapping[str, Any]
) -> BaseEstimator:
    if not algorithm.space:
        return algorithm.pipeline(films.model.inputs, seed).fit(films.inputs, films.categories)
    searched = space(algorithm, films.model.inputs, effort)
    best = _masked(algorithm, films, seed).set_params(**_long(searched, parameters))
    calibrated = CalibratedClassifierCV(best, method="temperature", ensemble=False, cv=_folds(effort, seed))
    return calibrated.fit(films.inputs, films.categories)


def space(algorithm: Algorithm, inputs: Inputs, effort: Effort) -> Mapping[str, Any]:
    """What `algorithm` is searched over, for films of these inputs."""
    chosen = {f"{FEATURES}__features": choices(inputs)} if effort.features else {}
    return {**algorithm.space, **chosen}


def _masked(algorithm: Algorithm, films: Films, seed: int) -> MaskedCopy:
    return MaskedCopy(algorithm.pipeline(films.model.inputs, seed), random_state=seed)


def _search(algorithm: Algorithm, films: Films, effort: Effort, seed: int) -> HalvingRandomSearchCV:
    searched = space(algorithm, films.model.inputs, effort)
    trials = int(min(effort.trials, _different(searched)))
    return HalvingRandomSearchCV(
        _masked(algorithm, films, seed),
        {f"{_INSIDE}{name}": values for name, values in searched.items()},
        n_candidates=trials,
        factor=effort.factor,
        min_resources=_fewest_films(films.categories, searched, effort),
        scoring=_negative_log_loss,
        cv=_folds(effort, seed),
        refit=False,
        return_train_score=False,
        random_state=seed,
        error_score="raise",
    ).fit(films.inputs, films.categories)


def _searched(algorithm: Algorithm, films: Films, effort: Effort, seed: int) -> Searched:
    if not algorithm.space:
        return Searched({}, math.inf, 0.0, [])
    started = time.perf_counter()
    search = _search(algorithm, films, effort, seed)
    return Searched(
        parameters=_short(search.best_params_),
        inner_log_loss=-float(search.best_score_),
        seconds=time.perf_counter() - started,
        trials=_trials(search.cv_results_),
    )


def _different(space: Mapping[str, Any]) -> float:
    """How many sets of hyperparameters a space has; without end where one is drawn from a distribution."""
    return math.prod(len(values) if isinstance(values, Sequence) else math.inf for values in space.values())


def _fewest_films(categories: Integers, searched: Mapping[str, Any], effort: Effort) -> int:
    """How many films the first round sees: a share of them for many trials, yet some of each category in every fold.

    All of them where every set is tried. What is best of few films is too simple for many, and a space that is small
    has room for nothing in between; nor does a linear model's fit cost much less on few.
    """
    if _different(searched) <= effort.trials:
        return len(categories)
    rounds = math.floor(math.log(effort.trials) / math.log(effort.factor) + 1e-9)
    rarest = int(np.bincount(categories).min())
    share = max(effort.factor**-rounds, min(1.0, _RAREST / rarest))
    return int(share * len(categories))


def _negative_log_loss(model: BaseEstimator, inputs: Floats, categories: Integers) -> float:
    return -float(log_losses(categories, model.predict_proba(inputs)).mean())


def _folds(effort: Effort, seed: int) -> StratifiedKFold:
    return StratifiedKFold(effort.folds, shuffle=True, random_state=seed)


def _trials(results: Mapping[str, Any]) -> list[dict[str, Any]]:
    columns = (results["iter"], results["n_resources"], results["mean_test_score"], results["params"])
    return [
        {"round": int(number), "films": int(films), "log_loss": -float(score), **_short(parameters)}
        for number, films, score, parameters in zip(*columns, strict=True)
    ]


def _short(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Hyperparameters by their own names, without the steps that lead to them, as plain Python values."""
    return {
        name.rpartition("__")[2]: value.item() if isinstance(value, np.generic) else value
        for name, value in parameters.items()
    }


def _long(searched: Mapping[str, Any], parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The same, with those steps."""
    return {f"{_INSIDE}{name}": parameters[name.rpartition("__")[2]] for name in searched}
