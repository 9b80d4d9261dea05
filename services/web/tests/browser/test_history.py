"""What a browser keeps of its own estimates."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .accessibility import faults_in
from .ways import PHONE

Visit = Callable[..., Page]

AVATAR = "/?film=19995&revenue=2923706026&budget=237000000&vote_count=31000&runtime=162"
in_each_language = pytest.mark.parametrize(("lang", "clear"), [("fr", "Effacer la liste"), ("en", "Clear the list")])


@in_each_language
@pytest.mark.parametrize("viewport", [None, PHONE], ids=["wide", "phone"])
def test_a_visitor_comes_back_to_an_estimate_and_clears_the_list(
    visit: Visit, lang: str, clear: str, viewport: dict[str, int] | None
) -> None:
    page = visit(f"{AVATAR}&lang={lang}", **({"viewport": viewport} if viewport else {}))
    page.goto(f"/?when=before&runtime=90&lang={lang}")
    page.goto(f"/?lang={lang}")

    lines = page.locator(".kept li")
    expect(lines).to_have_count(2)
    expect(lines.nth(1)).to_contain_text("Avatar – ")
    expect(lines.nth(1)).to_contain_text("bien")
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]  # type: ignore[index]
    assert faults_in(page) == ""
    lines.first.get_by_role("link").click()
    expect(page.locator(".model")).to_contain_text("film-category-avant-sortie")
    assert page.locator("html").get_attribute("lang") == lang

    page.get_by_role("button", name=clear).click()

    expect(page.locator("#history")).to_be_hidden()
    page.goto(f"/?lang={lang}")
    expect(page.locator("#history")).to_be_hidden()
    assert page.evaluate("localStorage.length") == 0


def test_a_slider_s_last_answer_is_kept_and_an_estimate_seen_again_stands_once(visit: Visit) -> None:
    page = visit("/?vote_count=5200")
    page.locator("#vote_count + .slider").press("Home")
    page.wait_for_url("**vote_count=10**")
    expect(page.locator(".kept li")).to_have_count(2)

    page.goto("/?vote_count=5+200")

    expect(page.locator(".kept li")).to_have_count(2)
    expect(page.locator(".kept li").first).to_contain_text("5\u202f200")


def test_no_more_than_twenty_are_kept(visit: Visit) -> None:
    page = visit("/")
    thirty = [{"query": f"vote_count={n}", "category": "bien", "certain": True, "share": 0.5} for n in range(30)]
    page.evaluate("(stored) => localStorage.setItem('cinecote.estimates', stored)", json.dumps(thirty))

    page.goto("/?vote_count=5200")

    expect(page.locator(".kept li")).to_have_count(20)
    assert page.evaluate("JSON.parse(localStorage.getItem('cinecote.estimates')).length") == 20


@pytest.mark.parametrize("stored", ["{", "7", '[null, {"query": 1}, {"query": "a=b", "category": "toString"}]'])
def test_what_is_no_list_of_estimates_is_taken_for_none(visit: Visit, stored: str) -> None:
    page = visit("/")
    page.evaluate("(stored) => localStorage.setItem('cinecote.estimates', stored)", stored)

    page.goto("/?vote_count=5200")

    expect(page.locator(".kept li")).to_have_count(1)


def test_what_is_kept_is_never_taken_for_markup(visit: Visit) -> None:
    page = visit("/?film=7&vote_count=900")

    expect(page.locator(".kept a")).to_contain_text('<script>alert("x")</script> & "Cie"')


def test_the_server_is_told_nothing_of_it(visit: Visit) -> None:
    page = visit("/?vote_count=5200")
    expect(page.locator(".kept li")).to_have_count(1)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.url} {request.post_data}"))

    page.goto("/films", wait_until="networkidle")

    assert not [each for each in asked if "5200" in each]
    assert page.context.cookies() == []


def test_without_javascript_there_is_no_list(visit: Visit) -> None:
    page = visit("/?vote_count=5200", java_script_enabled=False)

    expect(page.locator("#answer")).to_be_visible()
    expect(page.locator("#history")).to_be_hidden()
