from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import StratifiedKFold

from cinecote.model_report import REPORT_FILE, ModelReport
from cinecote.registry import GRAPH_FILE, read_manifest
from cinecote_train.algorithms import ALGORITHMS, Algorithm
from cinecote_train.comparison import Candidate, Plan, answered
from cinecote_train.dataset import Films
from cinecote_train.findings import find
from cinecote_train.further_algorithms import FURTHER
from cinecote_train.held_out import split
from cinecote_train.metrics import log_losses
from cinecote_train.recipe import Budget, Recipe
from cinecote_train.search import Effort, Fitted, fit
from cinecote_train.splits import OUTER_FOLDS, folds
from cinecote_train.vote import VOTE, fit_vote, voted
from cinecote_train.workers import Workers

from .killed_training import QUICK

EFFORT = Effort(trials=2, factor=2, folds=2)
STRENGTHS = {"free": 1.0, "firm": 0.01, "tied": 1e-3, "bound": 1e-6}


def named(name: str) -> Algorithm:
    """A logistic regression that is held down so much."""
    strengths = [STRENGTHS[name], 1.01 * STRENGTHS[name]]
    return replace(QUICK, name=name, space={"polynomial__degree": [1], "classifier__C": strengths})


@pytest.fixture(scope="module")
def members(made_films: Films) -> list[Fitted]:
    forest = replace(ALGORITHMS[1], space={"classifier__n_estimators": [5, 6]})
    return [fit(each, made_films, EFFORT, seed=0) for each in (named("free"), forest)]


@pytest.fixture(scope="module")
def vote(members: list[Fitted], made_films: Films) -> Fitted:
    return fit_vote(members, made_films)


def test_it_answers_with_its_members_mean(vote: Fitted, members: list[Fitted], made_films: Films) -> None:
    inputs, categories = made_films.inputs, made_films.categories
    (calibrated,) = vote.model.calibrated_classifiers_

    answers = calibrated.estimator.predict_proba(inputs)

    alone = [clone(member.model.estimator).fit(inputs, categories).predict_proba(inputs) for member in members]
    assert answers == pytest.approx(np.mean(alone, axis=0))


def test_what_it_promises_is_what_the_mean_gains_on_the_best_in_the_inner_folds(
    vote: Fitted, members: list[Fitted], made_films: Films
) -> None:
    inputs, categories = made_films.inputs, made_films.categories
    losses = np.zeros(2)
    for seen, scored in StratifiedKFold(2, shuffle=True, random_state=0).split(inputs, categories):
        answers = [
            clone(member.model.estimator).fit(inputs[seen], categories[seen]).predict_proba(inputs[scored])
            for member in members
        ]
        for place, each in enumerate((answers[0], np.mean(answers, axis=0))):
            losses[place] += log_losses(categories[scored], each).sum() / len(categories)

    assert vote.inner_log_loss - members[0].inner_log_loss == pytest.approx(losses[1] - losses[0])
    assert losses[1] != pytest.approx(losses[0], abs=1e-4)


def test_a_vote_of_one_promises_what_that_one_does(members: list[Fitted], made_films: Films) -> None:
    assert fit_vote(members[:1], made_films).inner_log_loss == members[0].inner_log_loss


def test_it_is_told_who_votes_with_which_hyperparameters(vote: Fitted, members: list[Fitted]) -> None:
    assert vote.parameters == {
        "members": "free, random_forest",
        "free.degree": 1,
        "free.C": members[0].parameters["C"],
        "random_forest.n_estimators": members[1].parameters["n_estimators"],
    }
    assert vote.seconds > sum(member.seconds for member in members)


def on_two_splits(algorithm: Algorithm, films: Films) -> Candidate:
    splits = folds(films, 0, OUTER_FOLDS)[:2]
    fitted = [(each, fit(algorithm, films.take(each.seen), EFFORT, seed=0)) for each in splits]
    outcomes = {each.name: answered(films, each, model) for each, model in fitted}
    return Candidate(algorithm.name, outcomes, algorithm.servable)


def test_on_each_split_the_three_vote_that_its_seen_films_speak_for_and_could_be_served(made_films: Films) -> None:
    unserved = replace(named("firm"), name="unserved", servable=False)
    candidates = [on_two_splits(each, made_films) for each in (*map(named, STRENGTHS), unserved)]

    with Workers(1) as workers:
        candidate = voted(Plan(made_films, EFFORT, 0), candidates, workers)

    assert (candidate.name, candidate.servable) == (VOTE, True)
    assert set(candidate.outcomes) == set(candidates[0].outcomes)
    for name, outcome in candidate.outcomes.items():
        rivals = [each.outcomes[name].fitted for each in candidates if each.servable]
        best = sorted(rivals, key=lambda each: each.inner_log_loss)[:3]
        assert outcome.fitted.parameters["members"] == ", ".join(each.algorithm for each in best)
        assert "firm" in outcome.fitted.parameters["members"]
        again = fit_vote(best, made_films.take(outcome.split.seen)).model
        assert outcome.probabilities == pytest.approx(again.predict_proba(made_films.inputs[outcome.split.scored]))


def test_a_spent_budget_leaves_the_vote_out(made_films: Films, watcher: Any) -> None:
    training, held_out = split(made_films, 0.15)
    recipe = Recipe("run", EFFORT, 0, [QUICK], {}, vote=True)

    with Workers(1) as workers:
        findings = find(training, held_out, recipe, workers, Budget(1e-9), watcher)

    assert findings.skipped == watcher.left_out == [VOTE]


def test_a_vote_can_be_the_version_that_is_served_and_k_nearest_beside_it_has_no_graph(
    make_site: Any, train_site: Any
) -> None:
    # So few trees that three times as many are surely better.
    space = {"classifier__n_estimators": [3, 4], "classifier__min_samples_leaf": [10]}
    few = [
        replace(ALGORITHMS[1], name=f"few {features}", space={**space, "classifier__max_features": [features]})
        for features in (1, 2, 3)
    ]
    (nearest,) = (each for each in FURTHER if each.name == "k_nearest")
    site = make_site(count=450)

    trained = train_site(site, algorithms=[*few, nearest], vote=True)

    folder = site.model_folder("1")
    report = ModelReport.model_validate_json((folder / REPORT_FILE).read_bytes())
    sizes = {each.name: each.graph_bytes for each in report.compared}
    assert read_manifest(folder).algorithm == report.algorithm == trained.findings.winner.algorithm == VOTE
    assert list(sizes) == ["chosen", "few 1", "few 2", "few 3", "k_nearest", VOTE]
    assert sizes["k_nearest"] is None
    assert sizes[VOTE] == sizes["chosen"] == (folder / GRAPH_FILE).stat().st_size
    assert site.ledger() == [("1", None, "promoted")]
