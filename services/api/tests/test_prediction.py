import pytest

from cinecote_api.predictions.prediction import Prediction, decide


def test_the_category_is_the_likeliest() -> None:
    prediction = decide([0.2, 0.5, 0.3], margin=0.1)

    assert prediction == Prediction("moyen", {"médiocre": 0.2, "moyen": 0.5, "bien": 0.3}, certain=True)


@pytest.mark.parametrize(
    ("probabilities", "certain"),
    [
        ([0.25, 0.25, 0.5], True),
        ([0.25, 0.375, 0.375], False),
        ([0.125, 0.375, 0.5], True),
        ([0.25, 0.3125, 0.4375], True),
    ],
)
def test_a_prediction_is_certain_from_the_margin_on(probabilities: list[float], certain: bool) -> None:
    assert decide(probabilities, margin=0.125).certain is certain


def test_of_equally_likely_categories_the_lower_is_answered() -> None:
    assert decide([0.25, 0.375, 0.375], margin=0.1).category == "moyen"


def test_no_category_is_named_where_the_probabilities_are_none() -> None:
    with pytest.raises(ArithmeticError):
        decide([0.5, float("nan"), 0.3], margin=0.1)
