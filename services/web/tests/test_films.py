from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup

See = Callable[..., BeautifulSoup]


def titles(page: BeautifulSoup) -> list[str]:
    return [heading.find(string=True, recursive=True).strip() for heading in page.select(".film h3")]  # type: ignore[union-attr]


def link(page: BeautifulSoup, selector: str) -> str:
    found = page.select_one(selector)
    assert found is not None, selector
    return str(found["href"])


def test_a_search_lists_the_films_with_what_is_known_of_them(see: See) -> None:
    page = see("/films?search=ava")

    (film,) = page.select(".film")
    assert " ".join(film.get_text(" ", strip=True).split()) == (
        "Avatar 2009 bien · note 7,6 sur 10 Recettes mondiales 2 923 706 026 $ "
        "Budget 237 000 000 $ Nombre de votes 31 000 Durée 162 min"
    )


def test_choosing_a_film_fills_the_form_and_answers(see: See) -> None:
    address = link(see("/films?search=avatar"), ".film a")

    page = see(address)

    values = [str(field["value"]) for field in page.select(".field input")]
    assert values == ["2 923 706 026", "237 000 000", "31 000", "162"]
    assert page.select_one("#answer") is not None


def test_every_film_is_reached_page_after_page_exactly_once(see: See, films: list[dict[str, Any]]) -> None:
    page, seen = see("/films"), 0
    listed = titles(page)
    while page.select("a.next"):
        page, seen = see(link(page, "a.next")), seen + 1
        listed += titles(page)

    assert listed == [film["title"] for film in films]
    assert seen == 2
    assert link(page, ".paging a") == "/films"


def test_the_search_goes_on_with_the_pages(see: See) -> None:
    page = see(link(see("/films?search=suite"), "a.next"))

    assert all(title.startswith("Suite") for title in titles(page))
    assert page.select_one('input[name=search][value="suite"]') is not None


def test_a_search_for_signs_is_passed_on_as_it_is(see: See, asked: list[dict[str, Any]]) -> None:
    see("/films?search=100%25_%26%20%C3%89t%C3%A9")

    assert asked[0]["search"] == "100%_& Été"


def test_a_film_of_which_nothing_is_known_is_listed_without_a_link(see: See) -> None:
    page = see("/films?search=rien")

    assert titles(page) == ["Rien de connu"]
    assert page.select(".film a") == []
    assert "Aucun chiffre connu" in page.select(".film")[0].get_text()


def test_a_title_is_never_taken_for_markup(see: See) -> None:
    page = see("/films?search=alert")

    assert titles(page) == ['<script>alert("x")</script> & "Cie"']
    assert page.script is None
    assert see(link(page, ".film a")).script is None


@pytest.mark.parametrize(
    ("search", "sentence"),
    [
        ("introuvable", "Aucun film ne correspond à «\u202fintrouvable\u202f»."),
        ("", "La base ne contient encore aucun film."),
    ],
)
def test_finding_nothing_is_said(see: See, films: list[dict[str, Any]], search: str, sentence: str) -> None:
    if not search:
        films.clear()

    page = see(f"/films?search={search}")

    assert sentence in page.get_text()


def test_a_cursor_that_is_none_is_a_sentence_and_keeps_the_search(see: See) -> None:
    page = see("/films?search=suite&cursor=forged", 422)

    assert "recommencez depuis le début" in page.get_text()
    assert page.select_one('input[name=search][value="suite"][aria-invalid]') is not None


def test_a_search_that_is_too_long_is_not_sent(see: See, asked: list[dict[str, Any]]) -> None:
    page = see(f"/films?search={'a' * 201}", 422)

    assert "trop long" in page.get_text()
    assert asked == []
