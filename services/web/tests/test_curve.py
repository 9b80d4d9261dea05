import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from cinecote.features import INPUTS
from cinecote_web.spans import SPANS, Span

See = Callable[..., BeautifulSoup]
ASKED = "/?revenue=150+M&budget=30+M&vote_count=5200&runtime=121"


def test_a_curve_is_one_batch_that_changes_one_input_alone(see: See, asked: list[dict[str, Any]]) -> None:
    see(f"{ASKED}&along=budget")

    (batch,) = [json.loads(question["body"]) for question in asked if question["path"] == "/v1/predictions/batch"]
    others = {json.dumps({**film, "budget": 0}) for film in batch["films"]}
    budgets = [film["budget"] for film in batch["films"]]
    assert len(others) == 1
    assert len(budgets) == 50
    assert 30_000_000 in budgets
    assert budgets == sorted(budgets)
    assert (budgets[0], budgets[-1]) == (SPANS["budget"].low, SPANS["budget"].high)


def test_no_curve_is_asked_for_until_a_visitor_does(see: See, asked: list[dict[str, Any]]) -> None:
    page = see(ASKED)

    assert "/v1/predictions/batch" not in [question["path"] for question in asked]
    addresses = [urlsplit(str(link["href"])).query for link in page.select("#curve a")]
    assert [parse_qs(query)["along"] for query in addresses] == [[wanted.name] for wanted in INPUTS]


def test_each_category_has_a_line_and_the_film_its_place(see: See) -> None:
    page = see(f"{ASKED}&along=vote_count")

    assert [str(line["data-category"]) for line in page.select(".line")] == ["bien", "moyen", "médiocre"]
    assert page.select_one(".present") is not None
    assert page.select_one("#curve a[aria-current]").get_text() == "Nombre de votes"  # type: ignore[union-attr]


def test_a_line_is_as_high_as_its_probability(see: See) -> None:
    heights = [
        [float(point.split(" ")[1]) for point in str(line["d"]).removeprefix("M").split("L")]
        for line in see(f"{ASKED}&along=vote_count").select(".line")
    ]

    # 300 high, less the margins of 12 and 34: at every value the three add up to one.
    sums = [sum((266 - y) / 254 for y in point) for point in zip(*heights, strict=True)]
    assert sums == pytest.approx([1] * len(sums), abs=0.002)


def test_where_the_category_turns_is_said_in_words(see: See) -> None:
    turns = [turn.get_text() for turn in see("/?vote_count=5200&along=vote_count").select(".turns li")]

    assert [turn.rpartition(" ")[2] for turn in turns] == ["médiocre.", "moyen.", "bien."]
    assert turns[0].replace("\u202f", " ") == "À partir de 10 : médiocre."


def test_an_input_that_is_unknown_has_a_curve_without_a_place(see: See) -> None:
    page = see("/?vote_count=5200&along=runtime")

    assert len(page.select(".line")) == 3
    assert page.select(".present") == []


@pytest.mark.parametrize(("status", "answer"), [(503, {}), (200, {"predictions": []}), (200, {"predictions": [{}]})])
def test_without_a_curve_the_answer_stays(
    see: See, replies: dict[str, tuple[int, object]], status: int, answer: object
) -> None:
    replies["/v1/predictions/batch"] = status, answer

    page = see(f"{ASKED}&along=budget")

    assert "La courbe n’est pas disponible" in page.get_text()
    assert page.select_one("#answer") is not None


def test_the_answer_alone_is_what_the_page_shows(see: See, browser: FlaskClient) -> None:
    alone = see(ASKED.replace("/?", "/answer?")).select_one("#answer")

    assert str(alone) == str(see(ASKED).select_one("#answer"))


@pytest.mark.parametrize(("query", "status"), [("", 422), ("revenue=x", 422)])
def test_no_answer_alone_is_given_where_nothing_can_be_asked(
    browser: FlaskClient, asked: list[dict[str, Any]], query: str, status: int
) -> None:
    assert browser.get(f"/answer?{query}").status_code == status
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
