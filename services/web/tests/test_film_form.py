import pytest

from cinecote.features import InputFault
from cinecote_web.film_form import Fault, FilmForm, read_form
from cinecote_web.numbers import FRENCH


def form(**typed: str) -> FilmForm:
    return read_form(typed, FRENCH)


def faults(read: FilmForm) -> dict[str, str]:
    return {field.input.name: field.fault.message for field in read.fields if field.fault}


def test_the_form_gives_the_inputs_as_numbers_and_unknown_ones_as_none() -> None:
    read = form(revenue="150 M", budget="", vote_count="5 200", runtime="2 h 01")

    assert read.values == {"revenue": 150_000_000, "budget": None, "vote_count": 5200, "runtime": 121}
    assert not read.at_fault


def test_whole_numbers_stay_whole_and_others_keep_their_decimals() -> None:
    read = form(revenue="1,5", runtime="90,25")

    assert read.values["revenue"] == 1.5
    assert read.values["runtime"] == 90.25
    assert isinstance(form(revenue="2.0").values["revenue"], int)


@pytest.mark.parametrize(
    ("name", "typed", "message"),
    [
        ("revenue", "beaucoup", "not_dollars"),
        ("vote_count", "5 2OO", "not_votes"),
        ("runtime", "2h99", "not_minutes"),
        ("budget", "-1", "too_small"),
        ("revenue", "101 Md", "too_large"),
        ("vote_count", "100 000 001", "too_large"),
        ("runtime", "1001", "too_large"),
    ],
)
def test_a_field_that_can_t_be_read_is_named_and_keeps_what_was_typed(name: str, typed: str, message: str) -> None:
    read = form(**{name: typed})

    assert faults(read) == {name: message}
    assert [field.typed for field in read.fields if field.input.name == name] == [typed]
    assert read.fault is None


def test_every_fault_is_told_at_once() -> None:
    assert faults(form(revenue="x", budget="-1", runtime="y")).keys() == {"revenue", "budget", "runtime"}


@pytest.mark.parametrize("edge", ["0", "100 000 000 000"])
def test_the_limits_themselves_are_accepted(edge: str) -> None:
    assert not form(revenue=edge, vote_count="0").at_fault


@pytest.mark.parametrize("typed", [{"revenue": ""}, {"vote_count": "  "}])
def test_a_form_that_tells_nothing_is_at_fault_as_a_whole(typed: dict[str, str]) -> None:
    assert form(**typed).fault == Fault("nothing_known")


@pytest.mark.parametrize("typed", [{"revenue": "0", "runtime": "0"}, {"budget": "999"}])
def test_who_gave_only_values_that_count_as_unknown_is_told_so(typed: dict[str, str]) -> None:
    assert form(**typed).fault == Fault("all_unknown", limit=1000)


def test_no_votes_at_all_is_something_known() -> None:
    assert not form(vote_count="0").at_fault


def test_a_page_that_was_only_opened_is_not_at_fault() -> None:
    opened = form(lang="en", film="3")

    assert not opened.submitted
    assert not opened.at_fault


def test_the_api_s_faults_go_to_their_fields_and_the_others_to_the_form() -> None:
    read = form(revenue="5 M", budget="2 M")

    refused = read.refused([InputFault("/budget", "must be odd"), InputFault("", "must be a film")])

    assert [field.fault for field in refused.fields] == [None, Fault("refused", detail="must be odd"), None, None]
    assert refused.fault == Fault("refused", detail="must be a film")
    assert refused.values["revenue"] == 5_000_000


def test_a_refusal_without_reasons_is_still_a_fault() -> None:
    assert form(revenue="5 M").refused([]).fault == Fault("refused_whole")
