from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup

See = Callable[..., BeautifulSoup]


def titles(page: BeautifulSoup) -> list[str]:
    return [title.get_text() for title in page.select(".film .title")]


def link(page: BeautifulSoup, selector: str) -> str:
    found = page.select_one(selector)
    assert found is not None, selector
    return str(found["href"])


def test_a_search_lists_the_films_with_what_is_known_of_them(see: See) -> None:
    page = see("/films?search=ava")

    (film,) = page.select(".film")
    assert " ".join(film.get_text(" ", strip=True).split()) == (
        "Avatar 2009 bien 7,6 2 923 706 026 $ 237 000 000 $ 31 000 162 min Estimer"
    )


def test_choosing_a_film_fills_the_form_and_answers(see: See) -> None:
    address = link(see("/films?search=avatar"), ".film a.estimate")

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

    assert sorted(listed) == sorted(film["title"] for film in films)
    assert seen == 2
    assert link(page, ".paging a") == "/films"


def test_the_search_goes_on_with_the_pages(see: See) -> None:
    page = see(link(see("/films?search=suite"), "a.next"))

    assert all(title.startswith("Suite") for title in titles(page))
    assert page.select_one('input[name=search][value="suite"]') is not None


def test_a_search_for_signs_is_passed_on_as_it_is(see: See, asked: list[dict[str, Any]]) -> None:
    see("/films?search=100%25_%26%20%C3%89t%C3%A9")

    assert asked[0]["search"] == "100%_& Été"


def test_a_film_of_which_nothing_is_known_is_listed_but_not_estimated(see: See) -> None:
    page = see("/films?search=rien")

    assert titles(page) == ["Rien de connu"]
    assert page.select(".film a.estimate") == []
    assert "Aucun chiffre connu" in see(link(page, ".film a.title")).get_text()


def test_a_title_is_never_taken_for_markup(see: See) -> None:
    page = see("/films?search=alert")

    assert titles(page) == ['<script>alert("x")</script> & "Cie"']
    assert page.select("script:not([src])") == []
    assert see(link(page, ".film a.title")).select("script:not([src])") == []
    assert see(link(page, ".film a.estimate")).select("script:not([src])") == []


@pytest.mark.parametrize(
    ("search", "sentence"),
    [
        ("introuvable", "Aucun film ne correspond à «\u202fintrouvable\u202f»."),
        ("&category=bien&year_min=2015", "Aucun film ne correspond à ces critères."),
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


def test_filters_are_passed_on_and_stay_in_the_form_and_on_the_next_page(see: See, asked: list[dict[str, Any]]) -> None:
    page = see("/films?category=moyen&known=vote_count&year_min=&search=")

    assert {film.select("td")[1].get_text(strip=True) for film in page.select(".film")} == {"moyen"}
    assert page.select_one("#category option[selected][value=moyen]") is not None
    assert page.select_one("#known option[selected][value=vote_count]") is not None
    assert "year_min" not in asked[0]
    assert "category=moyen" in link(page, "a.next")
    assert "Nombre de films : 45" in page.get_text().replace("\u202f", " ")


def test_a_column_s_heading_sorts_by_it_and_then_the_other_way_round(see: See) -> None:
    by_title = see(link(see("/films?search=suite"), "thead th:nth-child(1) a"))
    back = see(link(by_title, "thead th:nth-child(1) a"))

    assert titles(by_title)[:2] == ["Suite 0", "Suite 1"]
    assert titles(back)[:2] == ["Suite 9", "Suite 8"]
    assert [str(h["aria-sort"]) for p in (by_title, back) for h in p.select("th[aria-sort]")] == [
        "ascending",
        "descending",
    ]


def test_figures_are_sorted_the_largest_first(see: See, asked: list[dict[str, Any]]) -> None:
    see(link(see("/films"), "thead th:nth-child(5) a"))

    assert [question["sort"] for question in asked] == ["-vote_count", "-revenue"]


def test_a_year_that_is_none_is_told_at_its_field(see: See) -> None:
    page = see("/films?year_min=hier", 422)

    assert page.select_one("#year_min[aria-invalid][value=hier]") is not None
    assert "Écrivez une année" in page.get_text()


def test_a_film_has_a_page_with_what_is_known_of_it_and_its_estimate(see: See) -> None:
    page = see("/films/19995")

    said = " ".join(page.main.get_text(" ", strip=True).split())  # type: ignore[union-attr]
    assert "Avatar Sortie : 18 décembre 2009" in said.replace("\u202f", " ")
    assert "Catégorie réelle : bien · note 7,6 sur 10" in said.replace("\u202f", " ")
    assert "Genres Drama" in said
    assert "L’estimation tombe juste." in said


def test_a_film_s_page_lacks_only_the_estimate_while_there_is_no_model(
    see: See, replies: dict[str, tuple[int, object]]
) -> None:
    replies["/v1/explanations"] = 503, {}

    page = see("/films/19995")

    assert "L’estimation n’est pas disponible" in page.get_text()


@pytest.mark.parametrize("film_id", ["424242", "9" * 30])
def test_the_page_of_a_film_that_is_not_there_says_so(see: See, film_id: str) -> None:
    assert see(f"/films/{film_id}", 404).h1.get_text() == "Film introuvable"  # type: ignore[union-attr]


def test_a_film_s_page_says_when_the_api_is_away(see: See, replies: dict[str, tuple[int, object]]) -> None:
    replies["/v1/films/19995"] = 503, {}

    assert "La base de films n’est pas disponible" in see("/films/19995", 503).get_text()


@pytest.mark.parametrize("address", ["/films?search=avatar", "/films/19995"])
def test_films_from_tmdb_carry_its_attribution(see: See, films: list[dict[str, Any]], address: str) -> None:
    assert "TMDB mais" not in see(address).get_text()
    films[0] = {**films[0], "source": "tmdb"}

    assert "API TMDB mais n’est ni approuvé ni certifié" in see(address).get_text()
