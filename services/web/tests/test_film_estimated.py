from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

See = Callable[..., BeautifulSoup]
AVATAR = "/?film=19995&revenue=2923706026&budget=237000000&vote_count=31000&runtime=162"


def text(page: BeautifulSoup, selector: str) -> str:
    found = page.select_one(selector)
    assert found is not None, selector
    return " ".join(found.get_text(" ", strip=True).split())


def shown(page: BeautifulSoup) -> dict[str, str]:
    return {str(field["name"]): str(field["value"]) for field in page.select(".film-form input")}


def test_a_film_s_real_category_and_rating_stand_beside_its_estimate(see: See) -> None:
    page = see(AVATAR)

    known = text(page, ".known-film")
    assert "Avatar Sortie : 18 décembre 2009 Catégorie réelle : bien · note 7,6 sur 10" in known
    assert "L’estimation tombe juste." in known
    assert shown(page)["film"] == "19995"


def test_what_the_film_really_is_comes_right_after_the_estimate_and_before_its_reasons(see: See) -> None:
    cards = see(AVATAR).select("#beside > section")

    assert [card["aria-labelledby"] for card in cards][:3] == ["verdict", "film-heading", "reasons-heading"]


@pytest.mark.parametrize(
    ("training", "told"),
    [("learned", "a appris avec ce film"), ("held_out", "n’a jamais vu ce film"), ("not_counted", ""), (None, "")],
)
@pytest.mark.parametrize("address", [AVATAR, "/films/19995"])
def test_whether_the_model_learned_from_the_film_is_told(
    see: See, films: list[dict[str, Any]], address: str, training: str | None, told: str
) -> None:
    films[0] = {**films[0], "training": training}

    said = see(address).get_text()

    assert told in said
    assert said.count("Le modèle a appris") + said.count("Le modèle n’a jamais vu") == bool(told)


def test_the_model_before_the_release_is_not_said_to_have_learned_from_the_film(
    see: See, films: list[dict[str, Any]]
) -> None:
    films[0] = {**films[0], "training": "learned"}

    assert "a appris avec ce film" not in see("/?when=before&film=19995&budget=237000000&runtime=162").get_text()


def test_figures_that_are_no_longer_the_film_s_are_told_with_the_way_back(see: See) -> None:
    page = see(AVATAR.replace("162", "90"))

    assert "ne sont plus ceux du film" in text(page, ".known-film")
    back = page.select_one(".known-film a")
    assert back is not None
    assert shown(see(str(back["href"])))["runtime"] == "162"


def test_a_film_alone_in_the_address_fills_the_form(browser: FlaskClient) -> None:
    response = browser.get("/?film=19995&lang=en")

    assert response.status_code == 302
    assert response.location == f"{AVATAR}&lang=en"


@pytest.mark.parametrize("film", ["424242", "abc", "-1", "9" * 30, ""])
def test_a_film_that_is_not_there_is_a_page_that_says_so(see: See, film: str) -> None:
    page = see(f"/?film={film}", 404)

    assert text(page, "h1") == "Film introuvable"


def test_the_most_voted_complete_films_are_offered_as_examples(
    see: See, films: list[dict[str, Any]], asked: list[dict[str, Any]]
) -> None:
    page = see("/")

    (example,) = page.select(".examples a")
    assert example.get_text(" ", strip=True) == "Avatar 2009"
    assert example["href"] == f"{AVATAR}#answer"
    assert asked[0]["sort"] == "-vote_count"


def test_an_empty_database_offers_no_examples(see: See, films: list[dict[str, Any]]) -> None:
    films.clear()

    assert see("/").select(".examples") == []
