"""What a person may have served: any whole version, or the champion before."""

from collections.abc import Callable
from typing import Any

import pytest

from cinecote import exits
from cinecote.database import promotion_lock
from cinecote.models import MODELS, FilmModel
from cinecote.registry import GRAPH_FILE
from cinecote_train.by_hand import promote, roll_back
from cinecote_train.tracking import Registry

FILMS = 450


@pytest.fixture(params=MODELS, ids=lambda model: model.name)
def model(request: pytest.FixtureRequest) -> FilmModel:
    chosen: FilmModel = request.param
    return chosen


@pytest.fixture
def versions(make_site: Callable[..., Any], shared_site: Any, model: FilmModel) -> tuple[Any, Registry]:
    """A site with three versions of the model, none of them champion: the files are a trained model's."""
    site = make_site()
    registry = Registry(site.settings.tracking_uri.get_secret_value(), model.name)
    for number in range(3):
        with registry.run(f"run {number}") as run:
            registry.log_files(run, shared_site.model_folder("1"), "model")
            registry.register(run, "abc")
    return site, registry


def test_a_version_is_promoted_by_its_number_and_the_ledger_says_by_whom(
    versions: tuple[Any, Registry], model: FilmModel
) -> None:
    site, registry = versions

    befores = [promote(registry, site.engine, number, None) for number in ("1", "3", "3")]

    assert [before.number if before else None for before in befores] == [None, "1", "3"]
    assert site.champion(model.name) == "3"
    assert site.ledger(model.name) == [("1", None, "promoted"), ("3", "1", "promoted")]


def test_a_rollback_goes_to_the_champion_before_and_again_to_the_one_before_that(
    versions: tuple[Any, Registry], model: FilmModel
) -> None:
    site, registry = versions
    for number in ("1", "2", "3"):
        promote(registry, site.engine, number, None)

    moved = [roll_back(registry, site.engine, None) for _ in range(2)]

    assert [(now.number, before.number) for now, before in moved] == [("2", "3"), ("1", "2")]
    assert site.champion(model.name) == "1"
    with pytest.raises(exits.Refused, match="no champion of"):
        roll_back(registry, site.engine, None)


def test_the_other_models_champion_stays(versions: tuple[Any, Registry], model: FilmModel) -> None:
    site, registry = versions

    promote(registry, site.engine, "1", None)

    (other,) = (each for each in MODELS if each is not model)
    assert Registry(site.settings.tracking_uri.get_secret_value(), other.name).champion() is None
    assert site.ledger(other.name) == []


def test_what_cannot_be_served_is_refused_and_the_alias_stays(versions: tuple[Any, Registry], model: FilmModel) -> None:
    site, registry = versions
    promote(registry, site.engine, "1", None)
    (site.model_folder("2", model.name) / GRAPH_FILE).write_bytes(b"half of a gra")

    for number, said in (("2", "can't be served"), ("9", "has no version 9")):
        with pytest.raises(exits.Refused, match=said):
            promote(registry, site.engine, number, None)

    assert site.champion(model.name) == "1"
    assert site.ledger(model.name) == [("1", None, "promoted")]


def test_where_models_are_signed_an_unsigned_one_is_refused(versions: tuple[Any, Registry]) -> None:
    from cinecote.signature import new_keys

    site, registry = versions

    with pytest.raises(exits.Refused, match="isn't signed"):
        promote(registry, site.engine, "1", new_keys()[0])


def test_without_a_champion_there_is_nothing_to_roll_back(versions: tuple[Any, Registry]) -> None:
    site, registry = versions

    with pytest.raises(exits.Refused, match="has no champion"):
        roll_back(registry, site.engine, None)


def test_during_another_promotion_a_person_is_turned_away(versions: tuple[Any, Registry]) -> None:
    site, registry = versions

    with promotion_lock(site.engine, wait=False), pytest.raises(exits.AlreadyRunning):
        promote(registry, site.engine, "1", None)
