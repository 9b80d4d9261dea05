import json
from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

See = Callable[..., BeautifulSoup]
ASKED = "/?when=before&budget=30+M&runtime=121&release_year=2027"
BOTH = [("fr", "Le film n’est pas encore sorti"), ("en", "The film isn’t out yet")]


def bodies(asked: list[dict[str, Any]], path: str) -> list[Any]:
    return [json.loads(question["body"]) for question in asked if question["path"] == path]


def offered(page: BeautifulSoup) -> dict[str, str]:
    return {str(link["data-when"]): str(link["href"]) for link in page.select(".moment")}


def fields(page: BeautifulSoup) -> list[str]:
    return [str(field["name"]) for field in page.select(".film-form input:not([type=hidden])")]


@pytest.mark.parametrize(("lang", "words"), BOTH)
def test_both_models_are_offered_above_the_form_in_words(see: See, lang: str, words: str) -> None:
    page = see(f"/?lang={lang}")

    assert words in page.select(".moment")[1].get_text()
    assert [str(link["data-when"]) for link in page.select(".moment[aria-current]")] == ["after"]
    assert page.find(class_="moments").find_next("form") == page.select_one(".film-form")  # type: ignore[union-attr]


@pytest.mark.parametrize("address", ["/batch", "/model"])
@pytest.mark.parametrize(
    ("lang", "out", "coming"),
    [("fr", "Films déjà sortis", "Films pas encore sortis"), ("en", "Films that are out", "Films that aren’t out yet")],
)
def test_where_many_films_are_meant_the_choice_says_so(
    see: See, address: str, lang: str, out: str, coming: str
) -> None:
    assert [name.get_text() for name in see(f"{address}?lang={lang}").select(".moment strong")] == [out, coming]


def test_what_does_not_exist_before_the_release_is_not_asked_for(see: See) -> None:
    assert fields(see("/")) == ["revenue", "budget", "vote_count", "runtime"]
    assert fields(see("/?when=before")) == ["budget", "runtime", "release_year"]


def test_the_model_that_is_chosen_is_asked_for_all_that_the_page_shows(see: See, asked: list[dict[str, Any]]) -> None:
    see(ASKED)
    page = see(f"{ASKED}&along=release_year")

    film = {"budget": 30_000_000, "runtime": 121, "release_year": 2027, "when": "before"}
    assert bodies(asked, "/v1/predictions") == [film]
    assert bodies(asked, "/v1/explanations") == [film] * 2
    assert [each.get("name") for each in asked if each["path"] == "/v1/model"] == ["film-category-avant-sortie"]
    assert page.select_one(".model")["data-model"] == "film-category-avant-sortie"  # type: ignore[index]
    assert len(page.select(".line")) == 3
    assert len(page.select(".push")) == 3


def test_the_answer_before_the_release_says_that_it_is_a_guess(see: See) -> None:
    said = see(ASKED).select_one("#answer").get_text()  # type: ignore[union-attr]

    assert "c’est une supposition" in said.replace("\u202f", " ")
    assert "2027" in said
    assert "supposition" not in see("/?vote_count=9").select_one("#answer").get_text()  # type: ignore[union-attr]


def test_the_choice_keeps_what_both_forms_ask_for(see: See) -> None:
    after = offered(see("/?revenue=150+M&budget=30+M&runtime=121"))
    before = offered(see(ASKED))

    assert after["before"] == "/?when=before&budget=30000000&runtime=121"
    assert before["after"] == "/?budget=30000000&runtime=121"
    assert before["before"] == "/?when=before&budget=30000000&runtime=121&release_year=2027"


@pytest.mark.parametrize("selector", [".film-form .actions a", ".curve a", ".change a", ".near a", ".languages a"])
def test_every_way_on_stays_before_the_release(see: See, selector: str) -> None:
    links = [str(link["href"]) for link in see(ASKED).select(selector)]

    assert all("when=before" in link for link in links)


def test_the_form_sends_the_choice_with_it(see: See) -> None:
    assert see(ASKED).select_one('.film-form input[name=when][value="before"]') is not None
    assert see("/").select(".film-form input[name=when]") == []


def test_the_answer_alone_is_that_of_the_model_that_is_chosen(see: See) -> None:
    alone = see(ASKED.replace("/?", "/answer?")).select_one("#answer")

    assert str(alone) == str(see(ASKED).select_one("#answer"))


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("release_year=2027", "indiquez au moins le budget ou la durée"),
        ("budget=500", "un montant de moins de"),
        ("release_year=bientôt&runtime=90", "écrivez une année"),
        ("release_year=1700&runtime=90", "au moins 1888"),
    ],
)
def test_bad_input_before_the_release_is_told_in_its_words(see: See, query: str, sentence: str) -> None:
    assert sentence in see(f"/?when=before&{query}", 422).select_one(".faults").get_text()  # type: ignore[union-attr]


def test_a_film_of_the_database_fills_the_form_of_the_moment(browser: FlaskClient) -> None:
    response = browser.get("/?film=19995&when=before")

    assert response.status_code == 302
    assert response.location == "/?film=19995&when=before&budget=237000000&runtime=162&release_year=2009"


def test_a_year_s_digits_stand_together_in_the_form_and_along_the_curve(see: See) -> None:
    page = see(f"{ASKED}&along=release_year&lang=en")

    assert page.select_one("#release_year")["value"] == "2027"  # type: ignore[index]
    assert "1980" in page.select_one(".drawn").get_text()  # type: ignore[union-attr]


def test_without_a_second_model_the_page_says_so_and_keeps_what_was_typed(
    see: See, replies: dict[str, tuple[int, object]]
) -> None:
    replies["/v1/predictions"] = 409, {"type": "urn:cinecote:problem:no-such-model"}

    page = see(ASKED, 503)

    assert "Aucun modèle d’avant la sortie" in page.get_text()
    assert page.select_one('#budget[value="30 000 000"]') is not None


def test_each_model_has_its_card_and_its_ledger(see: See, asked: list[dict[str, Any]]) -> None:
    page = see("/model?when=before")

    assert "film-category-avant-sortie 3" in page.select_one(".model-card").get_text()  # type: ignore[union-attr]
    assert {each.get("name") for each in asked} == {"film-category-avant-sortie"}
    assert offered(page) == {"after": "/model", "before": "/model?when=before"}


def test_any_other_moment_is_after_the_release(see: See) -> None:
    assert fields(see("/?when=yesterday")) == ["revenue", "budget", "vote_count", "runtime"]
