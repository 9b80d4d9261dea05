import numpy as np
import pytest

from cinecote.features import INPUTS, KNOWN_BEFORE_RELEASE
from cinecote_train.algorithms import ALGORITHMS
from cinecote_train.estimators.film_features import FilmFeatures, film_features


def test_features_are_logarithms_minutes_and_ratios() -> None:
    film = np.array([[150e6, 30e6, 5_200, 121]])

    features = film_features(film, INPUTS)

    logarithms = np.log1p([150e6, 30e6, 5_200])
    ratios = [logarithms[0] - logarithms[1], logarithms[2] - logarithms[0], logarithms[2] - logarithms[1]]
    assert features[0] == pytest.approx([*logarithms, 121, *ratios], rel=1e-6)


def test_before_the_release_the_features_are_the_budgets_logarithm_the_minutes_and_the_year() -> None:
    features = film_features(np.array([[30e6, 121, 1999]]), KNOWN_BEFORE_RELEASE)

    assert features[0] == pytest.approx([np.log1p(30e6), 121, 1999], rel=1e-6)


def test_an_unknown_input_makes_only_what_depends_on_it_unknown() -> None:
    film = np.array([[150e6, np.nan, 5_200, 121]])

    unknown = np.isnan(film_features(film, INPUTS))[0]

    assert unknown.tolist() == [False, True, False, False, True, False, True]


def test_every_feature_is_one_that_float32_can_hold() -> None:
    films = np.random.default_rng(0).uniform(1, 1e9, size=(500, 4))

    features = film_features(films, INPUTS)

    assert (features == features.astype(np.float32)).all()
    assert features.shape == (500, 7)


def test_another_number_of_inputs_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\[n, 4\]"):
        FilmFeatures(INPUTS).fit(np.ones((3, 5)))


@pytest.mark.parametrize("name", ["logistic", "ordinal"])
def test_a_linear_model_does_not_extrapolate_beyond_the_films_it_saw(name: str) -> None:
    rng = np.random.default_rng(0)
    films = np.column_stack(
        [rng.uniform(1e6, 1e9, 300), rng.uniform(1e6, 1e8, 300), rng.uniform(50, 5e3, 300), rng.uniform(60, 200, 300)]
    )
    (algorithm,) = (each for each in ALGORITHMS if each.name == name)
    model = algorithm.pipeline(INPUTS, 0).fit(films, rng.integers(3, size=300))
    film = np.array([[1e8, 1e7, 50.0, films[:, 3].max()]])

    answers = model.predict_proba(np.vstack([film, [1e8, 1e7, 50.0, 999.0]]))

    assert answers[0] == pytest.approx(answers[1])
