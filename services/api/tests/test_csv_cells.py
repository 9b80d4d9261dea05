import pytest

from cinecote_api.csv_cells import safe_cell


@pytest.mark.parametrize(
    "text", ["=1+1", "+A1", "-A1", "@SUM(A1)", "\tx", "-", "+", "=", "-1-1", "+1e", "-.", "-inf", "-٣"]
)
def test_what_a_spreadsheet_takes_for_a_formula_is_made_text(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Amélie", "-1", "+3.5", "-.5", "-1e-9", "+7.", "'=1+1", " =1", "1=1", "a\t"])
def test_other_cells_stay_as_they_are(text: str) -> None:
    assert safe_cell(text) == text
