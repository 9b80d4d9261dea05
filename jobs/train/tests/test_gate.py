from typing import Any

import pytest

from cinecote_train import gate
from cinecote_train.gate import Decision
from cinecote_train.ledger import entries, record


@pytest.mark.parametrize(
    ("challenger", "champion", "kind"),
    [(0.64, 0.62, "promoted"), (0.62, 0.62, "promoted"), (0.6101, 0.62, "promoted"), (0.6099, 0.62, "refused")],
)
def test_a_challenger_may_be_a_hundredth_lower_and_no_more(challenger: float, champion: float, kind: str) -> None:
    decision = gate.against(challenger, champion)

    assert decision.kind == kind
    assert decision.metrics == {"challenger_macro_f1": challenger, "champion_macro_f1": champion}
    assert f"{champion:.4f}" in decision.reason


def test_without_a_champion_the_challenger_is_promoted() -> None:
    assert gate.first(0.1).kind == "promoted"


def test_a_broken_champion_is_replaced_and_the_ledger_will_say_why() -> None:
    decision = gate.instead_of_broken(0.6, "model.onnx changed")

    assert decision.kind == "promoted"
    assert "model.onnx changed" in decision.reason


def test_the_same_decision_twice_in_a_row_is_one_row(site: Any) -> None:
    for _ in range(2):
        record(site.engine, "2", "1", Decision("promoted", "better"))

    assert site.ledger() == [("2", "1", "promoted")]


def test_the_same_decision_after_another_is_a_row_of_its_own(site: Any) -> None:
    for version, previous in (("2", "1"), ("3", "2"), ("2", "3")):
        record(site.engine, version, previous, Decision("promoted", "better"))

    assert [entry.version for entry in entries(site.engine)] == ["2", "3", "2"]
