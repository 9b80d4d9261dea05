import pytest

from cinecote_train import gate


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


def test_a_model_that_was_rolled_back_is_refused_with_the_figures_it_was_judged_by() -> None:
    decision = gate.withdrawn(gate.against(0.64, 0.62))

    assert decision.kind == "refused"
    assert decision.metrics["challenger_macro_f1"] == 0.64
