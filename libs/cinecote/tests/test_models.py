import pytest

from cinecote.features import ACCEPTED
from cinecote.models import BEFORE_RELEASE, MODELS, FilmModel
from cinecote.registry import MODEL_NAMES


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_a_models_inputs_stand_in_the_order_of_the_accepted_ones(model: FilmModel) -> None:
    assert list(model.inputs) == [accepted for accepted in ACCEPTED if accepted in model.inputs]
    assert set(model.required) <= set(model.inputs)


def test_no_two_models_share_a_name() -> None:
    assert len({model.name for model in MODELS}) == len(MODELS)


def test_before_the_release_nothing_is_asked_that_only_the_release_tells() -> None:
    assert {wanted.name for wanted in BEFORE_RELEASE.inputs}.isdisjoint({"revenue", "vote_count"})


def test_the_names_are_the_registrys() -> None:
    assert tuple(model.name for model in MODELS) == MODEL_NAMES
