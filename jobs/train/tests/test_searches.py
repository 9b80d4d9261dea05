"""What is kept of searches: by all that they depend on, as long as it may be of use."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from scipy.stats import loguniform
from sqlalchemy import insert, select

from cinecote.database import now
from cinecote.tables import searches
from cinecote_train.algorithms import ALGORITHMS, BASELINES
from cinecote_train.dataset import Films
from cinecote_train.kept_searches import KeptSearches
from cinecote_train.search import RUN, Fitted, Searched, fit
from cinecote_train.searches import Searches, _made_by, fingerprint

LOGISTIC = ALGORITHMS[0]
FOUND = Searched({"C": 0.1 + 0.2, "degree": 2}, 0.8765432109876543, 1.5, [{"round": 0, "films": 90, "C": 1e-17}])
PRINTED = """
from cinecote_train.algorithms import ALGORITHMS
from cinecote_train.search import RUN
from cinecote_train.searches import fingerprint
print(*(fingerprint(algorithm, ["films"], RUN, 0) for algorithm in ALGORITHMS))
"""


def test_the_same_search_has_the_same_fingerprint_in_another_process() -> None:
    said = subprocess.run(
        [sys.executable, "-c", PRINTED],
        env=os.environ | {"PYTHONHASHSEED": "1"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout.split()

    assert said == [fingerprint(algorithm, ["films"], RUN, 0) for algorithm in ALGORITHMS]
    assert len(set(said)) == len(ALGORITHMS)


def with_space(**values: Any) -> dict[str, Any]:
    return {"algorithm": replace(LOGISTIC, space={**LOGISTIC.space, **values})}


@pytest.mark.parametrize(
    "other",
    [
        {"films": ["others"]},
        {"effort": replace(RUN, folds=2)},
        {"seed": 1},
        {"algorithm": replace(LOGISTIC, name="other")},
        with_space(polynomial__degree=[1, 3]),
        with_space(classifier__C=loguniform(1e-2, 4e-1)),
    ],
    ids=["films", "effort", "seed", "name", "list", "distribution"],
)
def test_whatever_a_search_depends_on_makes_another_fingerprint(other: Mapping[str, Any]) -> None:
    usual: dict[str, Any] = {"algorithm": LOGISTIC, "films": ["films"], "effort": RUN, "seed": 0}

    assert fingerprint(**{**usual, **other}) != fingerprint(**usual)


def test_other_libraries_make_another_fingerprint(monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint(LOGISTIC, ["films"], RUN, 0)
    _made_by.cache_clear()
    monkeypatch.setattr("cinecote_train.searches.distributions", lambda: [])

    after = fingerprint(LOGISTIC, ["films"], RUN, 0)

    _made_by.cache_clear()
    assert after != before


def test_films_that_a_split_sees_and_the_model_s_inputs_tell_searches_apart(made_films: Films) -> None:
    before = kept_by_split(made_films)
    changed = made_films.inputs.copy()
    changed[0, 0] = 1.0

    assert kept_by_split(made_films) == before
    assert kept_by_split(replace(made_films, inputs=changed)) != before


def kept_by_split(films: Films) -> list[str]:
    memory: dict[str, Searched] = {}
    own = Searches(memory, RUN, 0)
    own.look_up([LOGISTIC], "final", films)
    own.keep("final", Fitted(LOGISTIC.name, None, {}, 0.5, 1.0))
    return list(memory)


def test_a_baseline_has_no_search_to_keep(made_films: Films) -> None:
    memory: dict[str, Searched] = {}
    own = Searches(memory, RUN, 0)
    (majority, *_) = BASELINES[made_films.model.name]
    own.look_up([majority], "final", made_films)

    own.keep("final", fit(majority, made_films, RUN, 0))

    assert memory == {}


def kept(site: Any) -> set[str]:
    with site.engine.connect() as connection:
        return set(connection.scalars(select(searches.c.fingerprint)))


def test_the_next_training_knows_what_this_one_found_to_the_last_bit(site: Any) -> None:
    KeptSearches(site.engine)["a"] = FOUND

    later = KeptSearches(site.engine)

    assert later.get("a") == FOUND
    assert later.get("b") is None


def test_a_training_that_ends_well_removes_what_it_asked_for_and_nothing_else(site: Any) -> None:
    earlier = KeptSearches(site.engine)
    earlier["of a run"] = earlier["of a comparison"] = FOUND
    run = KeptSearches(site.engine)
    run.get("of a run")
    run.get("new")
    run["new"] = FOUND

    run.forget()

    assert kept(site) == {"of a comparison"}


def test_what_nobody_came_back_for_goes(site: Any) -> None:
    with site.engine.begin() as connection:
        for name, age in (("old", timedelta(days=8)), ("young", timedelta(days=6))):
            connection.execute(insert(searches).values(fingerprint=name, found="{}", found_at=now() - age))

    KeptSearches(site.engine)

    assert kept(site) == {"young"}


def test_a_database_that_fails_meanwhile_costs_a_training_nothing(site: Any) -> None:
    memory = KeptSearches(site.engine)
    searches.drop(site.engine)

    memory["a"] = FOUND

    assert memory.get("a") is None
