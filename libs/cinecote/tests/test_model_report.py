import json
from typing import Any

import pytest
from pydantic import ValidationError

from cinecote.model_report import MOST_COMPARED, MOST_PLOTS, ModelReport

FIGURE = {"value": 0.62, "low": 0.6, "high": 0.64}
CHOSEN = {"name": "chosen", "kind": "chosen", "scores": {"complete": {"macro_f1": FIGURE}}, "train_seconds": 1.5}
REPORT: dict[str, Any] = {
    "algorithm": "logistic",
    "compared": [CHOSEN],
    "films": {"learnt": 2346, "complete": 2000, "held_out": 434, "scored": {"complete": 2000}, "sha256": "0"},
    "search": {"recipe": "run", "seed": 0, "trials": 12, "folds": 3, "left_out": []},
    "plots": ["pareto", "unknown-inputs"],
}


def test_a_report_reads_back_as_it_was_written() -> None:
    report = ModelReport.model_validate(REPORT)

    assert ModelReport.model_validate_json(report.model_dump_json()) == report
    assert report.compared[0].graph_bytes is None


def test_a_plot_is_named_with_its_language_where_there_is_one_in_it() -> None:
    english, french = (ModelReport.model_validate({**REPORT, "languages": said}) for said in ([], ["fr"]))

    assert (english.plot_in("pareto", "fr"), french.plot_in("pareto", "fr")) == ("pareto", "pareto-fr")
    assert french.plot_in("pareto", "en") == "pareto"
    assert english.every_plot == REPORT["plots"]
    assert french.every_plot == [*REPORT["plots"], "pareto-fr", "unknown-inputs-fr"]


def test_what_a_newer_training_tells_besides_is_left_aside() -> None:
    report = ModelReport.model_validate({**REPORT, "more": 1, "compared": [{**CHOSEN, "more": 1}]})

    assert report == ModelReport.model_validate(REPORT)


@pytest.mark.parametrize(
    "changes",
    [
        {"compared": []},
        {"compared": [CHOSEN] * (MOST_COMPARED + 1)},
        {"compared": [{**CHOSEN, "kind": "guess"}]},
        {"compared": [{**CHOSEN, "scores": {"complete": {"macro_f1": {**FIGURE, "low": float("nan")}}}}]},
        {"plots": ["pareto"] * (MOST_PLOTS + 1)},
        {"plots": ["../manifest"]},
        {"plots": ["Pareto"]},
        {"plots": ["pareto-"]},
        {"plots": [""]},
        {"languages": ["french"]},
        {"languages": ["../"]},
        {"languages": ["fr", "de", "it"]},
    ],
)
def test_what_is_no_report_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ModelReport.model_validate_json(json.dumps({**REPORT, **changes}))
