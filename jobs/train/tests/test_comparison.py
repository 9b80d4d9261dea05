import json
from dataclasses import asdict, replace
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest

from cinecote.features import INPUTS
from cinecote_train import search
from cinecote_train.algorithms import ALGORITHMS, BASELINES, Algorithm
from cinecote_train.comparison import Candidate, Outcome, Plan, chosen, compare
from cinecote_train.dataset import Films
from cinecote_train.estimators.feature_sets import feature_names
from cinecote_train.estimators.film_features import features_used
from cinecote_train.export.model import to_onnx
from cinecote_train.findings import Findings, find
from cinecote_train.further_algorithms import FURTHER
from cinecote_train.held_out import split
from cinecote_train.recipe import Budget, Recipe, recipe_of
from cinecote_train.scoring import LOG_LOSS, MACRO_F1
from cinecote_train.search import COMPARE, RUN, Effort, Fitted, Searched, fit, space
from cinecote_train.searches import Memory
from cinecote_train.splits import BY_DATE, FINAL, Split
from cinecote_train.workers import Workers

QUICK = Effort(trials=2, factor=2, folds=2)
FOUR_TRIALS = Effort(trials=4, factor=2, folds=2)
OUTER_FOLDS = 3
SPLITS = OUTER_FOLDS + 2
LINEAR = [algorithm for algorithm in ALGORITHMS if algorithm.name in ("logistic", "ordinal")]


def found(
    films: Films, watcher: Any, processes: int = 1, seed: int = 0, algorithms: int = 2, memory: Memory | None = None
) -> Findings:
    training, held_out = split(films, 0.15)
    recipe = Recipe("run", QUICK, seed, LINEAR[:algorithms], BASELINES, outer_folds=OUTER_FOLDS)
    with Workers(processes) as workers:
        return find(training, held_out, recipe, workers, Budget(600), watcher, memory)


def figures(findings: Findings) -> list[Any]:
    return [each.scores for each in (findings.procedure, *findings.candidates, *findings.baselines)]


def graphs(findings: Findings) -> dict[str, bytes]:
    return {name: each.graph for name, each in findings.exported.items()}


@pytest.fixture(scope="module")
def findings(made_films: Films) -> Findings:
    class Deaf:
        def __getattr__(self, _name: str) -> Any:
            return lambda *_: None

    return found(made_films, Deaf())


def test_a_known_signal_is_found_and_beats_every_baseline(findings: Findings) -> None:
    champion = findings.procedure.scores["cross_validation"]

    assert champion[MACRO_F1].value > 0.6
    for baseline in findings.baselines[:2]:
        assert champion[LOG_LOSS].value < baseline.scores["cross_validation"][LOG_LOSS].value


def test_categories_that_mean_nothing_are_not_predicted(made_films: Films, watcher: Any) -> None:
    shuffled = np.random.default_rng(0).permutation(made_films.categories)

    findings = found(Films(**(vars(made_films) | {"categories": shuffled})), watcher, algorithms=1)

    assert findings.procedure.scores["cross_validation"][MACRO_F1].value < 0.4


def test_the_goal_is_told_of_complete_films_only(findings: Findings) -> None:
    complete = findings.procedure.answers["complete"]

    assert len(complete.labels) == findings.training.complete.sum() < len(findings.training)
    assert findings.procedure.goal == findings.procedure.scores["complete"][MACRO_F1]


def test_every_set_is_answered_film_by_film(findings: Findings) -> None:
    answers = findings.procedure.answers

    assert (answers["cross_validation"].labels == findings.training.categories).all()
    assert (answers["held_out"].labels == findings.held_out.categories).all()
    for each in answers.values():
        assert each.probabilities.shape == (len(each.labels), 3)
        assert each.probabilities.sum(axis=1) == pytest.approx(1.0)


def test_processes_change_no_figure_and_no_graph(made_films: Films, findings: Findings, watcher: Any) -> None:
    in_parallel = found(made_films, watcher, processes=2)

    assert figures(in_parallel) == figures(findings)
    assert graphs(in_parallel) == graphs(findings)


class Killing(dict[str, Searched]):
    """Remembers as JSON does, and ends the comparison after so many searches."""

    def __init__(self, searches: int) -> None:
        self._left = searches

    def __setitem__(self, fingerprint: str, searched: Searched) -> None:
        super().__setitem__(fingerprint, as_read_again(searched))
        self._left -= 1
        if not self._left:
            raise KeyboardInterrupt


def as_read_again(searched: Searched) -> Searched:
    return Searched(**json.loads(json.dumps(asdict(searched))))


def test_after_a_kill_what_was_found_is_not_searched_again_and_no_figure_and_no_graph_is_another(
    made_films: Films, findings: Findings, watcher: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = Killing(SPLITS + 3)
    with pytest.raises(KeyboardInterrupt):
        found(made_films, watcher, memory=memory)
    searched = Mock(wraps=search._search)
    monkeypatch.setattr(search, "_search", searched)

    resumed = found(made_films, watcher, memory=memory)

    assert watcher.known_searches == SPLITS + 3
    assert searched.call_count == SPLITS - 3
    assert figures(resumed) == figures(findings)
    assert graphs(resumed) == graphs(findings)


def test_another_seed_draws_otherwise(made_films: Films, findings: Findings, watcher: Any) -> None:
    other = found(made_films, watcher, seed=1, algorithms=1)

    assert other.candidates[0].scores != findings.candidates[0].scores


def outcome(algorithm: str, split: str, loss: float) -> Outcome:
    nothing = np.empty(0, dtype=np.int64)
    return Outcome(Split(split, nothing, nothing), Fitted(algorithm, None, {}, loss, 0.0), np.empty((0, 3)))


def test_each_split_gets_the_algorithm_that_its_own_seen_films_speak_for() -> None:
    losses = {"a": {"fold 1": 0.8, BY_DATE: 0.9, FINAL: 0.7}, "b": {"fold 1": 0.7, BY_DATE: 1.0, FINAL: 0.8}}
    rivals = [
        Candidate(name, {split: outcome(name, split, loss) for split, loss in own.items()})
        for name, own in losses.items()
    ]

    procedure = chosen(rivals)

    assert {name: each.fitted.algorithm for name, each in procedure.outcomes.items()} == {
        "fold 1": "b",
        BY_DATE: "a",
        FINAL: "a",
    }


def test_what_is_there_to_compare_with_alone_is_never_chosen() -> None:
    rivals = [
        Candidate("served", {FINAL: outcome("served", FINAL, 0.8)}),
        Candidate("compared", {FINAL: outcome("compared", FINAL, 0.7)}, servable=False),
    ]

    assert chosen(rivals).final.algorithm == "served"


def test_a_run_compares_five_and_the_full_search_every_algorithm_and_their_vote() -> None:
    run, whole = (recipe_of(verb, seed=0, accept_data=False).compared for verb in ("run", "compare"))

    assert run == ["logistic", "random_forest", "lightgbm", "ordinal", "hist_gradient_boosting"]
    assert whole == [*run, "extra_trees", "xgboost", "k_nearest", "soft_vote"]


def test_a_spent_budget_leaves_out_every_algorithm_but_the_first(made_films: Films, watcher: Any) -> None:
    plan = Plan(made_films, QUICK, seed=0)

    with Workers(1) as workers:
        candidates = compare(plan, ALGORITHMS[:3], workers, Budget(1e-9), watcher)

    assert [candidate.name for candidate in candidates] == [ALGORITHMS[0].name]
    assert watcher.left_out == [algorithm.name for algorithm in ALGORITHMS[1:3]]


@pytest.fixture(scope="module", params=[*ALGORITHMS, *FURTHER], ids=lambda algorithm: algorithm.name)
def tried(request: pytest.FixtureRequest, made_films: Films) -> tuple[Algorithm, Fitted]:
    """Each algorithm, searched and fitted."""
    return request.param, fit(request.param, made_films, FOUR_TRIALS, seed=0)


def test_a_search_tries_what_it_was_asked_to_and_keeps_the_best(tried: tuple[Algorithm, Fitted]) -> None:
    algorithm, fitted = tried

    last = max(trial["round"] for trial in fitted.trials)
    final = [trial["log_loss"] for trial in fitted.trials if trial["round"] == last]
    assert sum(trial["round"] == 0 for trial in fitted.trials) == 4
    assert last >= 1
    assert fitted.inner_log_loss == pytest.approx(min(final))
    assert set(fitted.parameters) == {name.rpartition("__")[2] for name in algorithm.space}


def test_what_a_search_came_to_is_kept_as_json_and_fitted_again_to_the_same_model(
    tried: tuple[Algorithm, Fitted], made_films: Films
) -> None:
    algorithm, fitted = tried

    again = fit(algorithm, made_films, FOUR_TRIALS, seed=0, found=as_read_again(fitted.searched))

    assert again.searched == fitted.searched
    answers, before = (each.model.predict_proba(made_films.inputs) for each in (again, fitted))
    assert np.array_equal(answers, before)
    # What is only compared has no graph.
    assert not algorithm.servable or to_onnx(again.model) == to_onnx(fitted.model)


def test_a_space_of_fewer_sets_than_trials_is_tried_whole_on_all_films(made_films: Films) -> None:
    (ordinal,) = (each for each in ALGORITHMS if each.name == "ordinal")
    small = replace(ordinal, space={"polynomial__degree": [1, 2]})

    fitted = fit(small, made_films, Effort(trials=9, factor=3, folds=2), seed=0)

    assert sorted(trial["degree"] for trial in fitted.trials) == [1, 2]
    assert {trial["films"] for trial in fitted.trials} == {len(made_films)}


def test_the_features_are_a_hyperparameter_where_the_effort_says_so(made_films: Films) -> None:
    (ordinal,) = (each for each in ALGORITHMS if each.name == "ordinal")
    small = replace(ordinal, space={"classifier__C": [0.1]})

    fitted = fit(small, made_films, Effort(trials=3, factor=3, folds=2, features=True), seed=0)

    best = min(fitted.trials, key=lambda trial: float(trial["log_loss"]))
    assert {trial["features"] for trial in fitted.trials} == {"ratios", "plain", "unknowns"}
    assert fitted.parameters == {"C": 0.1, "features": best["features"]}
    assert features_used(fitted.model) == feature_names(INPUTS, best["features"])


def test_the_usual_features_are_the_only_ones_of_the_default_run() -> None:
    (ordinal,) = (each for each in ALGORITHMS if each.name == "ordinal")

    assert space(ordinal, INPUTS, RUN) == ordinal.space
    assert space(ordinal, INPUTS, COMPARE).keys() == {*ordinal.space, "features__features"}


def test_a_rare_category_keeps_its_films_in_every_round(made_films: Films) -> None:
    common, rare = np.flatnonzero(made_films.categories != 2), np.flatnonzero(made_films.categories == 2)[:45]
    films = made_films.take(np.concatenate([common, rare]))

    fitted = fit(ALGORITHMS[0], films, Effort(trials=9, factor=3, folds=2), seed=0)

    assert min(trial["films"] for trial in fitted.trials) > 0.8 * len(films)
