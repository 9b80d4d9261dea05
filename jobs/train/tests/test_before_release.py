"""The model of what is known before a film's release, trained like the other one."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from cinecote.features import read_film
from cinecote.films import CATEGORIES
from cinecote.models import BEFORE_RELEASE
from cinecote.registry import BASELINES as BASELINE_SCORES
from cinecote.registry import GRAPH_FILE, read_manifest
from cinecote_train import parity
from cinecote_train.algorithms import ALGORITHMS, BASELINES
from cinecote_train.export.model import to_onnx
from cinecote_train.search import Effort, fit
from cinecote_train.serving import ServedGraph

NAME = BEFORE_RELEASE.name


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, site_in: Callable[..., Any], train_site: Any) -> Any:
    site = site_in(tmp_path_factory.mktemp("before") / "site", 450, 1)
    yield site, train_site(site, baselines=BASELINES, model=BEFORE_RELEASE)
    site.engine.dispose()


def test_it_takes_only_what_is_known_before_the_release(trained: Any) -> None:
    site, _ = trained

    manifest = read_manifest(site.model_folder("1", NAME))

    assert manifest.inputs == ["budget", "runtime", "release_year"]
    assert set(manifest.histograms) == set(manifest.inputs)
    assert all(len(row) == 3 for row in manifest.background)


def test_its_golden_requests_are_ones_that_the_api_takes(trained: Any) -> None:
    site, _ = trained
    folder = site.model_folder("1", NAME)
    manifest, graph = read_manifest(folder), ServedGraph((folder / GRAPH_FILE).read_bytes())

    for golden in manifest.golden:
        film = read_film(golden.inputs)
        assert golden.inputs["budget"] is not None or golden.inputs["runtime"] is not None
        answer = graph.probabilities(np.array([[film[name] for name in manifest.inputs]]))[0]
        assert answer == pytest.approx([golden.probabilities[category] for category in CATEGORIES], abs=1e-9)
    unknown = [tuple(name for name, value in golden.inputs.items() if value is None) for golden in manifest.golden]
    assert {("budget",), ("runtime",), ("release_year",), ("runtime", "release_year")} <= set(unknown)


def test_its_baselines_are_of_what_it_knows(trained: Any) -> None:
    site, _ = trained

    scores = read_manifest(site.model_folder("1", NAME)).metrics

    assert set(scores[BASELINE_SCORES]) == {"majority", "budget_alone", "runtime_alone", "linear_ordinal"}


@pytest.mark.parametrize("name", ["ordinal", "lightgbm"])
def test_its_graph_answers_as_the_library_with_every_pattern_of_unknowns(name: str, trained: Any) -> None:
    films = trained[1].findings.training
    (algorithm,) = (each for each in ALGORITHMS if each.name == name)
    model = fit(algorithm, films, Effort(trials=1, factor=2, folds=2), seed=0).model

    check = parity.check(model, ServedGraph(to_onnx(model)), films, seed=0)

    assert check.holds, str(check)


def test_films_of_which_nothing_is_known_before_the_release_are_counted_and_left_out(
    make_site: Callable[..., Any], train_site: Any, make_row: Callable[..., dict[str, Any]]
) -> None:
    site = make_site(count=450)
    site.add([make_row(f"Unknown {number}", budget=None, runtime=None) for number in range(7)])

    trained = train_site(site, model=BEFORE_RELEASE)

    found = trained.findings
    assert len(found.training) + len(found.held_out) == site.film_count - site.job_counts()["unaskable"]
    assert site.job_counts()["unaskable"] >= 7


def test_both_models_have_registered_versions_and_ledgers_of_their_own(trained: Any) -> None:
    site, _ = trained

    assert site.versions() == {}
    assert list(site.versions(NAME)) == ["1"]
    assert site.champion(NAME) == "1"
    assert (site.ledger(), site.ledger(NAME)) == ([], [("1", None, "promoted")])
