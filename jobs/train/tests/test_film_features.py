import numpy as np
import pytest
from sklearn.ensemble import VotingClassifier

from cinecote.features import INPUTS, KNOWN_BEFORE_RELEASE
from cinecote_train.algorithms import ALGORITHMS
from cinecote_train.estimators.feature_sets import SETS, Inputs, choices, feature_names
from cinecote_train.estimators.film_features import FilmFeatures, features_used, film_features
from cinecote_train.estimators.masked_copy import MaskedCopy


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


@pytest.mark.parametrize("wanted", [INPUTS, KNOWN_BEFORE_RELEASE], ids=["after", "before"])
@pytest.mark.parametrize("name", SETS)
def test_there_is_a_name_for_each_feature_of_each_set(name: str, wanted: Inputs) -> None:
    films = np.random.default_rng(0).uniform(1_900, 2_000, size=(5, len(wanted)))

    features = FilmFeatures(wanted, features=name).fit(films).transform(films)

    assert features.shape == (5, len(feature_names(wanted, name)))
    assert len(set(feature_names(wanted, name))) == features.shape[1]


def test_plain_features_are_the_usual_ones_without_the_ratios() -> None:
    films = np.random.default_rng(0).uniform(1, 1e9, size=(50, 4))

    assert (film_features(films, INPUTS, "plain") == film_features(films, INPUTS)[:, :4]).all()


def test_what_is_unknown_can_be_a_feature_of_each_input() -> None:
    films = np.array([[150e6, np.nan, 5_200, 121], [np.nan, np.nan, 5_200, np.nan]])

    features = film_features(films, INPUTS, "unknowns")

    assert feature_names(INPUTS, "unknowns")[-4:] == [f"{each.name} unknown" for each in INPUTS]
    assert features[:, -4:].tolist() == [[0, 1, 0, 0], [1, 1, 0, 1]]


def test_age_counts_from_the_newest_film_learnt_from_and_no_film_is_younger() -> None:
    learnt = np.array([[30e6, 121, 1999], [30e6, 121, 2009], [30e6, 121, np.nan]])
    step = FilmFeatures(KNOWN_BEFORE_RELEASE, features="age").fit(learnt)

    features = step.transform(np.vstack([learnt, [[30e6, 121, 2024]]]))

    assert feature_names(KNOWN_BEFORE_RELEASE, "age") == ["log budget", "runtime", "log age"]
    assert features[:, 2] == pytest.approx([np.log(11), 0, np.nan, 0], rel=1e-6, nan_ok=True)


def test_films_of_no_known_year_have_no_known_age() -> None:
    films = np.array([[30e6, 121, np.nan]])

    features = FilmFeatures(KNOWN_BEFORE_RELEASE, features="age").fit(films).transform(films)

    assert np.isnan(features[0]).tolist() == [False, False, True]


def test_only_sets_that_differ_for_the_inputs_are_a_choice() -> None:
    assert choices(INPUTS) == ["ratios", "plain", "unknowns"]
    assert choices(KNOWN_BEFORE_RELEASE) == ["ratios", "unknowns", "age", "timeless"]


def test_a_model_tells_the_features_that_it_uses_whatever_is_around_it() -> None:
    pipeline = ALGORITHMS[0].pipeline(INPUTS, 0).set_params(features__features="plain")

    used = features_used(VotingClassifier([("one", MaskedCopy(pipeline)), ("other", pipeline)]))

    assert used == ["log revenue", "log budget", "log vote_count", "runtime"]


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
