"""Every algorithm's graph against its library, on films held out and on 100,000 made for the purpose."""

from collections.abc import Sequence
from itertools import product

import numpy as np
import onnx
import onnxruntime
import pytest
from lightgbm import LGBMClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import PolynomialFeatures
from xgboost import XGBClassifier

from cinecote.features import INPUTS, KNOWN_BEFORE_RELEASE
from cinecote.registry import GRAPH_INPUT, GRAPH_OUTPUT, BrokenModel
from cinecote_train import parity
from cinecote_train.algorithms import ALGORITHMS
from cinecote_train.arrays import Floats, Integers
from cinecote_train.dataset import Films
from cinecote_train.estimators.feature_sets import Inputs, choices, feature_names
from cinecote_train.estimators.film_features import FilmFeatures
from cinecote_train.export.graph import Graph
from cinecote_train.export.library_trees import forest_trees, lightgbm_trees
from cinecote_train.export.model import to_onnx
from cinecote_train.export.preparation import add_preparation
from cinecote_train.export.trees import Tree, add_trees
from cinecote_train.export.xgboost_trees import xgboost_trees
from cinecote_train.further_algorithms import FURTHER
from cinecote_train.generated_films import COUNT, generated_films
from cinecote_train.held_out import split
from cinecote_train.search import Effort, Fitted, fit
from cinecote_train.serving import ServedGraph
from cinecote_train.vote import VOTE, fit_vote

QUICK = Effort(trials=1, factor=2, folds=2)
SERVABLE = {each.name: each for each in (*ALGORITHMS, *FURTHER) if each.servable}


def fit_named(name: str, films: Films) -> Fitted:
    if name == VOTE:
        return fit_vote([fit_named(each, films) for each in ("ordinal", "xgboost", "lightgbm")], films)
    return fit(SERVABLE[name], films, QUICK, seed=0)


@pytest.fixture(scope="module")
def parts(made_films: Films) -> tuple[Films, Films]:
    return split(made_films, 0.15)


@pytest.fixture(scope="module", params=[*SERVABLE, VOTE])
def fitted(request: pytest.FixtureRequest, parts: tuple[Films, Films]) -> Fitted:
    return fit_named(request.param, parts[0])


def test_the_graph_answers_as_the_library_with_every_pattern_of_unknowns(fitted: Fitted, made_films: Films) -> None:
    graph = ServedGraph(to_onnx(fitted.model))

    check = parity.check(fitted.model, graph, made_films, seed=0)

    assert check.films == COUNT + len(made_films)
    assert check.greatest_difference <= 1e-5
    assert check.other_labels == 0


@pytest.mark.parametrize(("wanted", "name"), [(w, n) for w in (INPUTS, KNOWN_BEFORE_RELEASE) for n in choices(w)])
def test_each_set_of_features_is_the_same_in_the_graph_and_in_the_library(
    wanted: Inputs, name: str, made_films: Films
) -> None:
    known = made_films.inputs if wanted == INPUTS else np.random.default_rng(0).uniform(1_900, 2_020, size=(600, 3))
    step = FilmFeatures(wanted, features=name).fit(known)
    asked = generated_films(known, wanted, seed=0, count=4_000)

    features = prepared(step, asked)

    assert features == pytest.approx(step.transform(asked), rel=1e-6, nan_ok=True)


def prepared(step: FilmFeatures, films: Floats) -> Floats:
    """The features that the graph makes; three at a time, as a graph has three answers."""
    width = len(feature_names(step.wanted, step.features))
    parts = []
    for first in range(0, width, 3):
        graph = Graph(len(step.wanted))
        features = add_preparation(graph, Pipeline([("features", step), ("classifier", "passthrough")]), GRAPH_INPUT)
        some = graph.columns(features, np.minimum(np.arange(first, first + 3), width - 1))
        session = onnxruntime.InferenceSession(graph.finish(some), providers=["CPUExecutionProvider"])
        parts.append(session.run(None, {GRAPH_INPUT: films})[0][:, : width - first])
    return np.hstack(parts)


def test_a_film_alone_is_answered_as_among_others(fitted: Fitted, parts: tuple[Films, Films]) -> None:
    graph = ServedGraph(to_onnx(fitted.model))
    films = parts[1].inputs[:40]

    together = graph.probabilities(films)

    alone = np.concatenate([graph.probabilities(film[np.newaxis]) for film in films])
    assert np.abs(together - alone).max() < 1e-6


def test_probabilities_are_ones_for_the_remotest_films(fitted: Fitted) -> None:
    graph = ServedGraph(to_onnx(fitted.model))
    corners = np.array(list(product([np.nan, 1_000, 1e11], [np.nan, 1_000, 1e11], [np.nan, 0, 1e8], [np.nan, 1, 1e3])))

    probabilities = graph.probabilities(corners)

    assert ((probabilities >= 0) & (probabilities <= 1)).all()
    assert probabilities.sum(axis=1) == pytest.approx(1.0)


def test_the_same_model_gives_the_same_bytes(fitted: Fitted) -> None:
    assert to_onnx(fitted.model) == to_onnx(fitted.model)


def test_fitting_again_from_the_same_seed_gives_the_same_graph(fitted: Fitted, parts: tuple[Films, Films]) -> None:
    again = fit_named(fitted.algorithm, parts[0])

    assert to_onnx(again.model) == to_onnx(fitted.model)
    assert again.inner_log_loss == fitted.inner_log_loss


def test_a_search_through_rounds_from_the_same_seed_ends_in_the_same_graph(parts: tuple[Films, Films]) -> None:
    effort = Effort(trials=4, factor=2, folds=2)
    first, again = (fit(SERVABLE["lightgbm"], parts[0], effort, seed=0) for _ in range(2))

    assert len({trial["round"] for trial in first.trials}) > 1
    assert to_onnx(again.model) == to_onnx(first.model)


def test_the_graph_names_its_tensors_as_the_registry_says(fitted: Fitted) -> None:
    model = onnx.load_model_from_string(to_onnx(fitted.model))

    (asked,), (answered,) = model.graph.input, model.graph.output
    assert (asked.name, answered.name) == (GRAPH_INPUT, GRAPH_OUTPUT)
    for tensor, width in ((asked, 4), (answered, 3)):
        assert tensor.type.tensor_type.elem_type == onnx.TensorProto.DOUBLE
        assert tensor.type.tensor_type.shape.dim[1].dim_value == width


def trees_only(trees: Sequence[Tree], features: int) -> onnxruntime.InferenceSession:
    graph = Graph(features)
    sums = add_trees(graph, trees, 3, GRAPH_INPUT)
    return onnxruntime.InferenceSession(graph.finish(sums), providers=["CPUExecutionProvider"])


def labelled(seed: int) -> tuple[Floats, Integers]:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(400, 2)).astype(np.float32).astype(np.float64)
    return X, np.searchsorted([-0.6, 0.6], X[:, 0] + X[:, 1])


def test_a_value_on_a_threshold_and_its_neighbours_go_where_the_library_sends_them() -> None:
    X, y = labelled(0)
    forest = RandomForestClassifier(n_estimators=5, random_state=0).fit(X, y)
    thresholds = np.concatenate([tree.tree_.threshold[tree.tree_.feature >= 0] for tree in forest.estimators_])
    nearest = thresholds.astype(np.float32)
    around = np.concatenate([np.nextafter(nearest, -np.inf), nearest, np.nextafter(nearest, np.inf)])
    films = np.column_stack([around, around[::-1]]).astype(np.float64)

    (answers,) = trees_only(list(forest_trees(forest)), 2).run(None, {GRAPH_INPUT: films})

    assert np.abs(answers - forest.predict_proba(films)).max() < 1e-6


def test_a_value_on_a_threshold_of_xgboost_goes_right_and_the_one_before_it_left_as_in_the_library() -> None:
    X, y = labelled(2)
    unknown = np.arange(2) != X.argmax(axis=1)[:, np.newaxis]
    model = XGBClassifier(n_estimators=5, n_jobs=1).fit(np.where(unknown, np.nan, X), y)
    start, trees = xgboost_trees(model)
    # Each node's, and its two neighbours': among them is the threshold itself.
    nearest = np.concatenate([tree.thresholds[~tree.is_leaf] for tree in trees]).astype(np.float32)
    around = np.concatenate([np.nextafter(nearest, -np.inf), nearest, np.nextafter(nearest, np.inf)])
    films = np.column_stack([around, around[::-1]]).astype(np.float64)
    films = np.vstack([films, np.where(np.arange(2) == 0, np.nan, films), np.full((1, 2), np.nan)])

    (answers,) = trees_only(trees, 2).run(None, {GRAPH_INPUT: films})

    assert np.abs(start + answers - model.predict(films, output_margin=True)).max() < 1e-6


def test_lightgbm_reads_nan_as_0_where_a_feature_was_never_unknown_and_so_does_the_graph() -> None:
    X, y = labelled(1)
    model = LGBMClassifier(n_estimators=10, num_leaves=6, verbose=-1).fit(X, y)
    films = np.vstack([X[:50], np.where(np.arange(2) == 0, np.nan, X[:50]), np.full((1, 2), np.nan)])

    (answers,) = trees_only(lightgbm_trees(model), 2).run(None, {GRAPH_INPUT: films})

    assert np.abs(answers - model.predict_proba(films, raw_score=True)).max() < 1e-5


def test_a_polynomial_that_is_not_exported_is_refused_rather_than_wrong() -> None:
    cubic = PolynomialFeatures(3, include_bias=False).fit(np.ones((1, 2)))
    pipeline = Pipeline([("polynomial", cubic), ("classifier", "passthrough")])

    with pytest.raises(NotImplementedError, match="degree 1 or 2"):
        add_preparation(Graph(2), pipeline, GRAPH_INPUT)


def test_generated_films_have_every_pattern_of_unknowns_equally_often(made_films: Films) -> None:
    films = generated_films(made_films.inputs, INPUTS, seed=0)

    patterns, counts = np.unique(np.isnan(films), axis=0, return_counts=True)
    assert films.shape == (COUNT, 4)
    assert len(patterns) == 16
    assert set(counts) == {COUNT // 16}


def test_generated_films_reach_the_limits_of_the_api(made_films: Films) -> None:
    films = generated_films(made_films.inputs, INPUTS, seed=0)

    assert np.nanmin(films, axis=0) == pytest.approx([1_000, 1_000, 0, 1])
    assert np.nanmax(films, axis=0) == pytest.approx([1e11, 1e11, 1e8, 1_000])


@pytest.mark.parametrize(
    ("library", "graph", "holds"),
    [
        ([0.5, 0.3, 0.2], [0.5, 0.3, 0.2], True),
        ([0.5, 0.3, 0.2], [0.500009, 0.299991, 0.2], True),
        ([0.5, 0.3, 0.2], [0.50002, 0.29998, 0.2], False),
        ([0.400005, 0.399995, 0.2], [0.399998, 0.400002, 0.2], True),
        ([0.5, 0.3, 0.2], [np.nan, 0.3, 0.2], False),
    ],
    ids=["equal", "within the tolerance", "beyond it", "another label in a close call", "no number"],
)
def test_parity_holds_within_its_tolerance_only(library: list[float], graph: list[float], holds: bool) -> None:
    assert parity.parity(np.array([library]), np.array([graph])).holds is holds


def test_another_category_where_the_call_is_clear_breaks_parity() -> None:
    found = parity.parity(np.array([[0.400011, 0.399989, 0.2]]), np.array([[0.4, 0.4000001, 0.2]]))

    assert found.other_labels == 1
    assert not found.holds


def test_bytes_that_are_no_graph_are_a_broken_model() -> None:
    with pytest.raises(BrokenModel, match="can't load"):
        ServedGraph(b"not a graph")
