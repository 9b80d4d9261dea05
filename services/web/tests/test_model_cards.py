from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup

See = Callable[..., BeautifulSoup]
ASKED = "/?vote_count=5200"
BEFORE = "/?when=before&runtime=121"


def answered_by(version: str) -> dict[str, Any]:
    probabilities = {"bien": 0.5, "moyen": 0.3, "médiocre": 0.2}
    model = {"name": "film-category", "version": version}
    return {"category": "bien", "probabilities": probabilities, "certain": True, "model": model}


def rating(page: BeautifulSoup) -> str:
    return page.select_one(".chance-bien .chance-rating").get_text()  # type: ignore[union-attr]


@pytest.mark.parametrize("address", [ASKED, BEFORE])
def test_a_further_estimate_by_the_same_version_asks_for_no_card(
    see: See, asked: list[dict[str, Any]], address: str
) -> None:
    see(address)
    asked.clear()

    page = see(address)

    assert [question["path"] for question in asked] == ["/v1/predictions", "/v1/explanations"]
    assert rating(page).startswith("note d’au moins 7")


@pytest.mark.parametrize("address", ["/answer?vote_count=9", "/explored?vote_count=9&along=vote_count"])
def test_a_slider_that_moves_asks_one_question_at_a_time(see: See, asked: list[dict[str, Any]], address: str) -> None:
    see(address)
    asked.clear()

    see(address)

    assert [question["path"] for question in asked] == ["/v1/explanations"]


def test_each_of_the_two_models_has_a_card_of_its_own(see: See, asked: list[dict[str, Any]]) -> None:
    see(ASKED)
    see(BEFORE)
    see(ASKED)

    named = [question.get("name") for question in asked if question["path"] == "/v1/model"]
    assert named == [None, "film-category-avant-sortie"]


def test_a_new_champion_answers_with_its_own_thresholds(
    see: See, replies: dict[str, tuple[int, object]], card: dict[str, Any]
) -> None:
    see(ASKED)
    replies["/v1/predictions"] = 200, answered_by("8")
    replies["/v1/model"] = 200, {**card, "version": "8", "thresholds": {"moyen": 6.0, "bien": 8.0}}

    assert rating(see(ASKED)).startswith("note d’au moins 8")


def test_a_challenger_s_answer_leaves_the_champion_s_card_alone(
    see: See, replies: dict[str, tuple[int, object]], asked: list[dict[str, Any]]
) -> None:
    replies["/v1/predictions"] = 200, answered_by("8")
    see(ASKED)
    replies.clear()
    asked.clear()

    see(ASKED)

    assert "/v1/model" not in [question["path"] for question in asked]
