import pytest

from cinecote_api.csv_batch.cells import read_films
from cinecote_api.csv_cells import safe_cell

DIGITS = "1" * 99_000


@pytest.mark.parametrize(
    "text", ["=1+1", "+A1", "-A1", "@SUM(A1)", "\tx", "-", "+", "=", "-1-1", "+1e", "-.", "-inf", "-٣"]
)
def test_what_a_spreadsheet_takes_for_a_formula_is_made_text(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Amélie", "-1", "+3.5", "-.5", "-1e-9", "+7.", "'=1+1", " =1", "1=1", "a\t"])
def test_other_cells_stay_as_they_are(text: str) -> None:
    assert safe_cell(text) == text


@pytest.mark.parametrize("text", [f"+{DIGITS}x", f"-{DIGITS}.{DIGITS[:900]}x", f"+.{DIGITS}x", f"+1e{DIGITS}x"])
def test_text_that_begins_like_the_longest_number_is_told_from_one_at_once(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize(("cell", "detail"), [(f"{DIGITS}x", "must be a number"), (DIGITS, "must be at most")])
def test_digits_without_end_are_no_input(cell: str, detail: str) -> None:
    films = read_films([(2, ["x", cell]), (3, ["y", "90"])], {"runtime": 1}, 2)

    assert list(films.faults) == [0]
    assert films.faults[0].detail.startswith(detail)
