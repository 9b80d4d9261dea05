"""What was asked beside what a model was trained on."""

import math
from datetime import datetime
from typing import Any

import pytest

from cinecote.asked import AskedFilm
from cinecote.drift import CATEGORY, FEWEST, KS, PSI, UNKNOWN_PSI, measure
from cinecote.registry import Manifest

AT = datetime.fromisoformat("2026-11-20T12:00:00")
HISTOGRAM = {"edges": [0, 100, 200, 300, 400], "counts": [250, 250, 250, 250], "unknown": 0}


def manifest(**changes: Any) -> Manifest:
    """A model that takes the budget, trained on 1,000 films of which every one is known."""
    said = {
        "name": "film-category", "algorithm": "logistic", "trained_at": AT, "run_id": "run",
        "inputs": ["budget"], "thresholds": {"moyen": 6, "bien": 7}, "margin": 0.1,
        "data": {"categories": {"médiocre": 500, "moyen": 300, "bien": 200}}, "metrics": {}, "versions": {},
        "golden": [{"inputs": {}, "probabilities": {}}], "background": [],
        "histograms": {"budget": HISTOGRAM}, "files": {},
    }  # fmt: skip
    return Manifest.model_validate(said | changes)


def asked(budget: float | None, number: int, version: str = "1", year: float | None = None) -> AskedFilm:
    """A film that no other test's film is equal to."""
    return AskedFilm(AT, version, (None, budget, float(number), None, year), (0.5, 0.3, 0.2))


def even(films: int = 800) -> list[AskedFilm]:
    return [asked(float(number % 400), number) for number in range(films)]


def test_films_like_those_of_training_have_no_drift() -> None:
    drift = measure(manifest(), "1", even())

    assert drift.films == 800
    assert [figure.input for figure in drift.figures()] == ["budget", "budget", "budget", CATEGORY, CATEGORY]
    assert max(figure.value for figure in drift.figures()) < 0.01
    assert drift.beyond(0.1) == []


def test_a_shifted_input_is_told_and_the_largest_index_first() -> None:
    films = [asked(50.0 if number % 2 else 350.0, number) for number in range(400)]

    drift = measure(manifest(), "1", films)

    # Shares: a quarter in each bin before, now a half, nothing, nothing, a half.
    by_hand = 2 * 0.25 * math.log(2) + 2 * (0.001 - 0.25) * math.log(0.001 / 0.25)
    (figure,) = drift.beyond(0.2)
    assert (figure.input, figure.statistic) == ("budget", PSI)
    assert figure.value == pytest.approx(by_hand)
    assert drift.inputs[0].known == 400
    assert drift.inputs[0].ks == pytest.approx(0.25)


def test_missing_values_drift_by_themselves() -> None:
    films = [asked(None if number % 2 else float(number % 400), number) for number in range(800)]

    drift = measure(manifest(), "1", films)

    (figure,) = drift.beyond(0.2)
    by_hand = (0.5 - 0.001) * math.log(0.5 / 0.001) + (0.5 - 1) * math.log(0.5)
    assert (figure.input, figure.statistic) == ("budget", UNKNOWN_PSI)
    assert figure.value == pytest.approx(by_hand)
    assert (drift.inputs[0].unknown, drift.inputs[0].unknown_share_trained) == (400, 0)


def test_the_categories_are_those_that_this_version_answered_by_their_mean_probability() -> None:
    rosy = [AskedFilm(AT, "2", (None, float(n % 400), float(n), None, None), (0.1, 0.3, 0.6)) for n in range(400)]

    drift = measure(manifest(), "2", [*rosy, *(asked(1.0, 1_000 + n) for n in range(50))])

    by_hand = (0.1 - 0.5) * math.log(0.1 / 0.5) + (0.6 - 0.2) * math.log(0.6 / 0.2)
    assert (drift.category.films, drift.category.trained) == (400, (0.5, 0.3, 0.2))
    assert drift.category.answered == pytest.approx((0.1, 0.3, 0.6))
    assert drift.category.psi == pytest.approx(by_hand)
    assert drift.category.ks == pytest.approx(0.4)


@pytest.mark.parametrize("films", [0, FEWEST - 1])
def test_too_few_films_give_no_figure(films: int) -> None:
    drift = measure(manifest(), "1", [asked(50.0, number) for number in range(films)])

    assert (drift.films, list(drift.figures())) == (films, [])


def test_too_few_training_films_give_no_figure_either() -> None:
    few = {"edges": [0, 100, 200], "counts": [50, 50], "unknown": 0}
    small = manifest(histograms={"budget": few}, data={"categories": {"moyen": 100}})

    assert list(measure(small, "1", even()).figures()) == []


@pytest.mark.parametrize("edges", [[], [90, 90]])
def test_an_input_that_training_knew_nothing_of_or_one_value_has_no_shape_to_differ_from(edges: list[float]) -> None:
    counts = [1_000] if edges else []
    shapeless = {"edges": edges, "counts": counts, "unknown": 0 if edges else 1_000}

    drift = measure(manifest(histograms={"budget": shapeless}), "1", even())

    assert (drift.inputs[0].psi, drift.inputs[0].ks) == (None, None)
    assert drift.inputs[0].unknown_psi is not None


def test_the_calendar_s_drift_is_told_and_is_no_reason_to_train() -> None:
    years = {"edges": [1950, 1980, 2000, 2020], "counts": [300, 300, 400], "unknown": 0}
    model = manifest(inputs=["release_year"], histograms={"release_year": years})

    drift = measure(model, "1", [asked(None, number, year=2027) for number in range(300)])

    assert {figure.statistic for figure in drift.figures() if figure.value > 0.2} == {PSI, KS}
    assert drift.beyond(0.2) == []
