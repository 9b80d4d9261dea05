"""The gate's rules, one by one, and the paired bootstrap behind them."""

from dataclasses import replace

import numpy as np
import pytest

from cinecote_train import gate
from cinecote_train.contract import Fault
from cinecote_train.gate import Worth
from cinecote_train.paired import Difference, Paired, difference
from cinecote_train.scoring import Estimate

SOUND = Worth(
    macro_f1=0.62,
    log_loss=Estimate(0.85, 0.83, 0.87),
    blind_log_loss=1.09,
    calibration_error=Estimate(0.02, 0.01, 0.03),
    seconds_a_prediction=2e-5,
)
NO_FALLS = {"médiocre": 0.0, "moyen": 0.0, "bien": 0.0}


def apart(value: float, low: float, high: float, **falls: float) -> Difference:
    return Difference(1_000, 0.62 + value, 0.62, Estimate(value, low, high), NO_FALLS | falls)


@pytest.mark.parametrize(
    ("found", "kind", "why"),
    [
        (apart(0.02, 0.01, 0.03), "promoted", ""),
        (apart(0.0, -0.02, 0.02), "promoted", ""),
        (apart(-0.0099, -0.03, 0.01), "promoted", ""),
        (apart(-0.0101, -0.03, 0.01), "refused", "more than 0.01 lower"),
        (apart(-0.005, -0.009, -0.001), "refused", "whole interval is below 0"),
        (apart(0.01, 0.0, 0.02, moyen=0.05), "promoted", ""),
        (apart(0.01, 0.0, 0.02, moyen=0.051), "refused", "F1 of moyen falls by 0.051"),
    ],
)
def test_a_challenger_may_be_a_hundredth_lower_by_chance_and_lose_no_category(
    found: Difference, kind: str, why: str
) -> None:
    decision = gate.against(SOUND, found, "held out")

    assert decision.kind == kind
    assert why in decision.reason
    assert f"{found.challenger:.4f} against the champion's 0.6200 on 1,000 films held out" in decision.reason
    assert decision.metrics["difference_low"] == found.macro_f1.low
    assert decision.metrics["fall_moyen"] == found.falls["moyen"]


@pytest.mark.parametrize(
    ("unsound", "why"),
    [
        (replace(SOUND, calibration_error=Estimate(0.05, 0.031, 0.07)), "calibration error 0.050"),
        (replace(SOUND, seconds_a_prediction=0.0011), "1.10 ms"),
        (replace(SOUND, log_loss=Estimate(1.08, 1.06, 1.09)), "no better than chance"),
    ],
    ids=["calibration", "time", "chance"],
)
def test_an_unsound_challenger_is_refused_whatever_it_would_replace(unsound: Worth, why: str) -> None:
    decisions = [
        gate.first(unsound),
        gate.instead_of_broken(unsound, "model.onnx changed"),
        gate.against(unsound, apart(0.1, 0.05, 0.15), "held out"),
    ]

    assert {decision.kind for decision in decisions} == {"refused"}
    assert all(why in decision.reason for decision in decisions)


def test_a_calibration_error_that_may_be_chance_is_no_reason() -> None:
    assert gate.first(replace(SOUND, calibration_error=Estimate(0.05, 0.03, 0.07))).kind == "promoted"


def test_without_a_champion_a_sound_challenger_is_promoted() -> None:
    assert gate.first(SOUND).kind == "promoted"


def test_a_broken_champion_is_replaced_and_the_ledger_will_say_why() -> None:
    decision = gate.instead_of_broken(SOUND, "model.onnx changed")

    assert decision.kind == "promoted"
    assert "model.onnx changed" in decision.reason


def test_a_model_that_was_rolled_back_is_refused_with_the_figures_it_was_judged_by() -> None:
    decision = gate.withdrawn(gate.against(SOUND, apart(0.02, 0.01, 0.03), "held out"))

    assert decision.kind == "refused"
    assert decision.metrics["challenger_macro_f1"] == pytest.approx(0.64)


def test_films_out_of_contract_are_refused_with_every_fault_and_figure() -> None:
    decision = gate.out_of_contract([Fault("12 films", "films", 12), Fault("PSI 3", "revenue_psi", 3.0)])

    assert decision.kind == "refused"
    assert "12 films; PSI 3" in decision.reason
    assert decision.metrics == {"films": 12, "revenue_psi": 3.0}


def answers(labels: np.ndarray, right: float, rng: np.random.Generator) -> np.ndarray:
    """Answers that name the true category in a share `right` of the cases, another one otherwise."""
    named = np.where(rng.random(len(labels)) < right, labels, (labels + rng.integers(1, 3, len(labels))) % 3)
    return np.eye(3)[named] * 0.7 + 0.1


def test_the_difference_is_paired_so_equal_answers_differ_by_nothing() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(3, size=500)
    own = answers(labels, 0.6, rng)

    found = difference(Paired(labels, own, own), seed=0)

    assert found.macro_f1 == Estimate(0.0, 0.0, 0.0)
    assert set(found.falls.values()) == {0.0}


def test_a_worse_challengers_interval_lies_below_zero_and_narrows_with_more_films() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(3, size=4_000)
    whole = Paired(labels, answers(labels, 0.5, rng), answers(labels, 0.6, rng))
    few = Paired(labels[:500], whole.challenger[:500], whole.champion[:500])

    found, of_few = difference(whole, seed=0), difference(few, seed=0)

    assert found.macro_f1.value == pytest.approx(-0.1, abs=0.03)
    assert found.macro_f1.high < 0
    assert found.half_width < 0.5 * of_few.half_width


def test_the_interval_holds_the_truth_about_19_times_in_20() -> None:
    rng = np.random.default_rng(1)
    held = 0
    for _ in range(60):
        labels = rng.integers(3, size=400)
        found = difference(Paired(labels, answers(labels, 0.6, rng), answers(labels, 0.6, rng)), seed=0)
        held += found.macro_f1.low <= 0 <= found.macro_f1.high

    assert held >= 52


def test_films_that_the_champion_has_no_honest_answer_to_take_no_part() -> None:
    labels, own = np.array([0, 1, 2]), np.full((3, 3), 1 / 3)
    champion = own.copy()
    champion[1] = np.nan

    assert Paired(labels, own, champion).answered().labels.tolist() == [0, 2]
