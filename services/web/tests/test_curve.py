import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from cinecote.features import INPUTS
from cinecote_web.api_answers import PointAlong
from cinecote_web.curve import Curve
from cinecote_web.spans import SPANS, Span

See = Callable[..., BeautifulSoup]
ASKED = "/?revenue=150+M&budget=30+M&vote_count=5200&runtime=121"


@pytest.fixture
def questions(asked: list[dict[str, Any]]) -> Callable[[], list[str]]:
    """The paths that a film is asked about at, in order."""
    told = ("/v1/predictions", "/v1/predictions/batch", "/v1/explanations")
    return lambda: [question["path"] for question in asked if question["path"] in told]


def test_a_curve_is_one_question_that_changes_one_input_alone(see: See, asked: list[dict[str, Any]]) -> None:
    see(f"{ASKED}&along=budget")

    (question,) = [question for question in asked if question["path"] == "/v1/explanations"]
    budgets = [float(value) for value in question["values"].split(",")]
    assert question["along"] == "budget"
    assert json.loads(question["body"])["budget"] == 30_000_000
    assert len(budgets) == 50
    assert 30_000_000 in budgets
    assert budgets == sorted(budgets)
    assert (budgets[0], budgets[-1]) == (SPANS["budget"].low, SPANS["budget"].high)


@pytest.mark.parametrize("address", [f"{ASKED}&along=budget", ASKED.replace("/?", "/answer?"), "/films/19995"])
def test_what_is_only_tried_is_no_film_that_somebody_asked_about(
    see: See, questions: Callable[[], list[str]], address: str
) -> None:
    page = see(address)

    assert page.select_one(".chances, .verdict-line") is not None
    assert questions() == ["/v1/explanations"]


def test_an_estimate_that_is_asked_for_counts_once(see: See, questions: Callable[[], list[str]]) -> None:
    see(ASKED)

    assert questions() == ["/v1/predictions", "/v1/explanations"]


@pytest.mark.parametrize("address", ["/?vote_count=510", "/?vote_count=5200"])
def test_what_is_tried_has_the_answer_that_a_film_asked_about_has(see: See, address: str) -> None:
    tried = see(address.replace("/?", "/answer?"))

    assert str(tried.select_one("#answer")) == str(see(address).select_one("#answer"))


def test_no_curve_is_asked_for_until_a_visitor_does(see: See, asked: list[dict[str, Any]]) -> None:
    page = see(ASKED)

    assert not any("along" in question for question in asked)
    addresses = [urlsplit(str(link["href"])).query for link in page.select("#curve a")]
    assert [parse_qs(query)["along"] for query in addresses] == [[wanted.name] for wanted in INPUTS]


def test_each_category_has_a_line_and_the_film_its_place(see: See) -> None:
    page = see(f"{ASKED}&along=vote_count")

    assert [str(line["data-category"]) for line in page.select(".line")] == ["bien", "moyen", "médiocre"]
    assert page.select_one(".present") is not None
    assert page.select_one(".present-name").get_text() == "ce film"  # type: ignore[union-attr]
    assert page.select_one("#curve a[aria-current]").get_text() == "Nombre de votes"  # type: ignore[union-attr]


def test_a_line_is_as_high_as_its_probability(see: See) -> None:
    heights = [
        [float(point.split(" ")[1]) for point in str(line["d"]).removeprefix("M").split("L")]
        for line in see(f"{ASKED}&along=vote_count").select(".line")
    ]

    # 300 high, less the margins of 24 and 34: at every value the three add up to one.
    sums = [sum((266 - y) / 242 for y in point) for point in zip(*heights, strict=True)]
    assert sums == pytest.approx([1] * len(sums), abs=0.002)


def test_where_the_category_turns_is_said_in_words(see: See) -> None:
    turns = [turn.get_text() for turn in see("/?vote_count=5200&along=vote_count").select(".turns li")]

    assert [turn.rpartition(" ")[2] for turn in turns] == ["médiocre.", "moyen.", "bien."]
    assert turns[0].replace("\u202f", " ") == "À partir de 10 : médiocre."


def test_a_turn_is_told_where_the_lines_meet_and_not_where_the_next_point_is() -> None:
    def point(value: float, well: float) -> PointAlong:
        return PointAlong(value=value, probabilities={"bien": well, "moyen": 0.9 - well, "médiocre": 0.1})

    votes = Curve(INPUTS[2], (point(1_000, 0.25), point(10_000, 0.65)), None)
    minutes = Curve(INPUTS[3], (point(100, 0.35), point(108, 0.65)), None)

    # Half-way by ratios, in two digits, and a third of the way by minutes.
    assert votes.turns == [(1_000, "moyen"), (3_200, "bien")]
    assert minutes.turns == [(100, "moyen"), (103, "bien")]


def test_an_input_that_is_unknown_has_a_curve_without_a_place(see: See) -> None:
    page = see("/?vote_count=5200&along=runtime")

    assert len(page.select(".line")) == 3
    assert page.select(".present, .present-name") == []


@pytest.mark.parametrize(("status", "answer"), [(503, {}), (422, {}), (200, {})])
def test_without_a_curve_the_answer_stays(
    see: See, replies: dict[str, tuple[int, object]], status: int, answer: object
) -> None:
    replies["/v1/explanations"] = status, answer

    page = see(f"{ASKED}&along=budget")

    assert "La courbe n’est pas disponible" in page.get_text()
    assert page.select_one("#answer") is not None


def test_a_curve_that_lacks_points_is_not_drawn(see: See, replies: dict[str, tuple[int, object]]) -> None:
    shares = {"bien": 0.5, "moyen": 0.3, "médiocre": 0.2}
    told: dict[str, Any] = {
        "category": "bien",
        "probabilities": shares,
        "base": shares,
        "inputs": [],
        "neighbours": [],
        "flip": None,
    }
    along = [{"value": 1e6, "probabilities": shares}]
    replies["/v1/explanations"] = 200, {**told, "model": {"name": "film-category", "version": "7"}, "along": along}

    page = see(f"{ASKED}&along=budget")

    assert page.select(".line") == []
    assert "La courbe n’est pas disponible" in page.get_text()


def test_what_follows_a_slider_is_all_that_the_page_has_beside_its_form(see: See) -> None:
    query = f"{ASKED.partition('?')[2]}&film=19995&along=budget"

    followed, page = see(f"/explored?{query}"), see(f"/?{query}").select_one("#beside")

    assert page is not None
    assert [part["class"] for part in followed.select("section")] == [part["class"] for part in page.select("section")]
    assert len(followed.select(".line")) == 3


@pytest.mark.parametrize("part", ["answer", "explored"])
def test_while_the_api_is_away_a_slider_is_told_so(
    browser: FlaskClient, replies: dict[str, tuple[int, object]], part: str
) -> None:
    replies["/v1/explanations"] = 503, {}

    assert browser.get(f"/{part}?vote_count=5200").status_code == 503


@pytest.mark.parametrize("query", ["", "revenue=x"])
@pytest.mark.parametrize("part", ["answer", "explored"])
def test_nothing_is_answered_where_nothing_can_be_asked(
    browser: FlaskClient, asked: list[dict[str, Any]], part: str, query: str
) -> None:
    assert browser.get(f"/{part}?{query}").status_code == 422
    assert asked == []


@pytest.mark.parametrize("span", SPANS.values(), ids=SPANS.keys())
def test_places_and_values_of_a_span_belong_to_each_other(span: Span) -> None:
    assert (span.at(0), span.at(1)) == (span.low, span.high)
    assert [span.place(span.at(place / 10)) for place in range(11)] == pytest.approx(
        [place / 10 for place in range(11)], abs=0.02
    )
    assert span.place(0) == 0
    assert span.place(1e12) == 1
    assert all(span.low <= mark <= span.high for mark in span.marks)
