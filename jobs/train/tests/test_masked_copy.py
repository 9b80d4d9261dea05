import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone

from cinecote.features import INPUTS
from cinecote_train.algorithms import ALGORITHMS
from cinecote_train.arrays import Floats, Integers
from cinecote_train.dataset import Films
from cinecote_train.estimators.masked_copy import MaskedCopy, hide
from cinecote_train.metrics import log_losses

from .sites import drawn_films


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000), st.floats(0, 1))
def test_hiding_never_takes_a_films_last_known_input_nor_invents_one(seed: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    inputs = np.where(rng.random((40, 4)) < 0.4, np.nan, rng.normal(size=(40, 4)))

    masked = hide(inputs, share, rng)

    known = ~np.isnan(masked)
    assert (masked[known] == inputs[known]).all()
    assert (known.any(axis=1) == (~np.isnan(inputs)).any(axis=1)).all()


def test_about_the_asked_share_is_hidden() -> None:
    inputs = np.ones((5_000, 4))

    masked = hide(inputs, 0.35, np.random.default_rng(0))

    assert np.isnan(masked).mean() == pytest.approx(0.35, abs=0.02)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("logistic", {"classifier__C": 0.03}),
        ("hist_gradient_boosting", {"classifier__max_iter": 40, "classifier__max_leaf_nodes": 6}),
        ("lightgbm", {"classifier__n_estimators": 60, "classifier__num_leaves": 6}),
    ],
)
def test_the_copy_teaches_what_an_input_that_was_never_unknown_means_when_it_is(
    name: str, parameters: dict[str, float]
) -> None:
    (inputs, categories), (asked, truth) = complete_films(800, seed=0), complete_films(500, seed=1)
    (algorithm,) = (each for each in ALGORITHMS if each.name == name)
    pipeline = algorithm.pipeline(INPUTS, 0).set_params(**parameters)

    plain = clone(pipeline).fit(inputs, categories)
    taught = MaskedCopy(pipeline).fit(inputs, categories)

    partly = hide(asked, 0.5, np.random.default_rng(2))
    plain_loss, taught_loss = (log_losses(truth, model.predict_proba(partly)).mean() for model in (plain, taught))
    assert taught_loss < plain_loss - 0.01


def complete_films(count: int, seed: int) -> tuple[Floats, Integers]:
    """The category is cut from the quality that the inputs grow with; all is known."""
    quality, inputs = drawn_films(count, np.random.default_rng(seed))
    return inputs.T, np.searchsorted([-0.5, 0.5], quality)


def test_the_same_seed_gives_the_same_answers(made_films: Films) -> None:
    pipeline = ALGORITHMS[0].pipeline(INPUTS, 0)

    answers = [
        MaskedCopy(pipeline, random_state=5)
        .fit(made_films.inputs, made_films.categories)
        .predict_proba(made_films.inputs)
        for _ in range(2)
    ]

    assert (answers[0] == answers[1]).all()
