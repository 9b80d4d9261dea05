from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup

See = Callable[..., BeautifulSoup]
AVATAR = "/?film=19995&revenue=2923706026&budget=237000000&vote_count=31000&runtime=162"


def probabilities(page: BeautifulSoup) -> dict[str, float]:
    return {str(figure["data-category"]): float(str(figure["value"])) for figure in page.select(".chance data")}


def test_the_other_language_gives_the_same_answer_for_the_same_film(see: See) -> None:
    french = see("/?revenue=1,234+M&budget=1234,567&runtime=90,25&vote_count=400")
    switch = french.select_one(".languages a")
    assert switch is not None

    english = see(str(switch["href"]))

    assert english.html is not None
    assert english.html["lang"] == "en"
    assert probabilities(english) == probabilities(french)
    facts = [str(fact["value"]) for fact in french.select("#answer .facts data")]
    assert [str(fact["value"]) for fact in english.select("#answer .facts data")] == facts


def test_figures_typed_before_the_language_was_changed_are_read_as_they_were_meant(see: See) -> None:
    page = see("/?lang=en&revenue=1,234+M&budget=2+milliards&written=fr")

    read = [str(fact["value"]) for fact in page.select("#answer .facts data")]
    assert read == ["1234000", "2000000000"]
    assert page.select_one("#revenue")["value"] == "1,234,000"  # type: ignore[index]


@pytest.mark.parametrize("written", ["", "de"])
def test_an_unknown_notation_is_the_page_s_own(see: See, written: str) -> None:
    assert see(f"/?lang=en&revenue=1,234+M&written={written}").select_one('#answer [value="1234000000"]') is not None


def test_a_language_once_chosen_is_kept_by_every_link_and_form(see: See) -> None:
    page = see(f"{AVATAR.replace('162', '90')}&lang=en")

    links = [str(link["href"]) for link in page.select("a") if not link.find_parent(class_="languages")]
    assert all("lang=en" in link for link in links if not link.startswith("#"))
    assert all(form.select_one('input[name=lang][value="en"]') for form in page.select("form"))


@pytest.mark.parametrize("address", ["/?lang=de", "/?lang=", "/"])
def test_an_unknown_language_is_french(see: See, address: str) -> None:
    page = see(address)

    assert page.html is not None
    assert page.html["lang"] == "fr"


@pytest.mark.parametrize("trick", ["_external=1&_scheme=javascript", "_anchor=x", "_method=POST"])
def test_nothing_in_the_address_turns_the_language_link_elsewhere(see: See, trick: str) -> None:
    switch = see(f"/?{trick}").select_one(".languages a")

    assert switch is not None
    assert switch["href"] == "/?lang=en"
