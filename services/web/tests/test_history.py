import json
from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup, Tag

from cinecote.features import ACCEPTED
from cinecote.films import CATEGORIES

See = Callable[..., BeautifulSoup]
AVATAR = "/?film=19995&revenue=2923706026&budget=237000000&vote_count=31000&runtime=162"


def only(page: BeautifulSoup, selector: str) -> Tag:
    (found,) = page.select(selector)
    return found


@pytest.mark.parametrize("address", ["/", AVATAR, "/?when=before&runtime=90"])
def test_the_list_is_hidden_and_empty_until_the_browser_fills_it(see: See, address: str) -> None:
    history = only(see(address), "#history")

    assert history.has_attr("hidden")
    assert history.select("li") == []


@pytest.mark.parametrize(
    ("lang", "stays", "revenue"),
    [
        ("fr", "reste dans ce navigateur", "Recettes mondiales {n}\u202f$"),
        ("en", "stays in this browser", "Worldwide revenue ${n}"),
    ],
)
def test_it_says_where_it_stays_and_has_words_for_all_that_it_may_hold(
    see: See, lang: str, stays: str, revenue: str
) -> None:
    history = only(see(f"/?lang={lang}"), "#history")

    words = json.loads(str(history["data-words"]))
    assert stays in history.get_text()
    assert words["inputs"].keys() == {accepted.name for accepted in ACCEPTED}
    assert words["inputs"]["revenue"] == revenue
    assert words["categories"].keys() == set(CATEGORIES)


def test_an_answer_says_which_address_reproduces_it(see: See) -> None:
    before = only(see("/?when=before&runtime=1+h+30&lang=en"), "#answer")
    after = only(see("/?revenue=150+M&vote_count=5%20200"), "#answer")

    assert before["data-query"] == "when=before&runtime=90"
    assert after["data-query"] == "revenue=150000000&vote_count=5200"


def test_a_film_is_named_while_the_figures_are_its_own(see: See) -> None:
    assert only(see(AVATAR), ".known-film")["data-title"] == "Avatar"
    assert not only(see(AVATAR.replace("162", "90")), ".known-film").has_attr("data-title")
