"""What people come for, as they do it: in both languages, with and without JavaScript, on a phone."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from .accessibility import faults_in
from .ways import each_two_together

Visit = Callable[..., Page]

WORDS = {
    "fr": {
        "estimate": "Estimer",
        "why": "Pourquoi cette estimation",
        "search": "Chercher",
        "see": "Voir le résultat",
        "not out": "Le film n’est pas encore sorti",
    },
    "en": {
        "estimate": "Estimate",
        "why": "Why this estimate",
        "search": "Search",
        "see": "See the result",
        "not out": "The film isn’t out yet",
    },
}
TABLE = {"name": "films.csv", "mimeType": "text/csv", "buffer": b"title,vote_count\nA,31000\nB,20\nC,much\n"}

in_each_language = pytest.mark.parametrize("lang", WORDS)
with_and_without_script = pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])


def words(part: Locator) -> list[str]:
    return (part.text_content() or "").split()


def options(script: bool, viewport: dict[str, int] | None) -> dict[str, Any]:
    return {"java_script_enabled": script, **({"viewport": viewport} if viewport else {})}


@each_two_together
def test_a_visitor_types_figures_gets_an_estimate_and_sees_why(
    visit: Visit, lang: str, script: bool, viewport: dict[str, int] | None
) -> None:
    page = visit(f"/?lang={lang}", **options(script, viewport))

    page.locator("#revenue").fill("150 M")
    page.locator("#vote_count").fill("5200")
    page.locator(".film-form").get_by_role("button", name=WORDS[lang]["estimate"]).click()

    expect(page.locator("#verdict")).to_contain_text("bien")
    expect(page.locator(".chance")).to_have_count(3)
    expect(page.get_by_role("heading", name=WORDS[lang]["why"])).to_be_visible()
    expect(page.locator(".change")).to_contain_text("médiocre")
    page.locator(".change a").click()
    expect(page.locator("#vote_count")).to_have_value("20 800" if lang == "fr" else "20,800")


@each_two_together
def test_a_visitor_asks_about_a_film_that_is_not_out_yet_and_a_link_reproduces_it(
    visit: Visit, lang: str, script: bool, viewport: dict[str, int] | None
) -> None:
    page = visit(f"/?lang={lang}", **options(script, viewport))

    page.get_by_role("link", name=WORDS[lang]["not out"]).click()
    expect(page.locator("#revenue")).to_have_count(0)
    page.locator("#runtime").fill("121")
    page.locator("#release_year").fill("2027")
    page.locator(".film-form").get_by_role("button", name=WORDS[lang]["estimate"]).click()

    expect(page.locator(".model")).to_contain_text("film-category-avant-sortie")
    answer = words(page.locator("#answer"))
    again = visit(page.url.removeprefix(page.evaluate("location.origin")), **options(script, viewport))
    expect(again.locator("#release_year")).to_have_value("2027")
    assert words(again.locator("#answer")) == answer


@each_two_together
def test_a_visitor_finds_a_film_looks_at_it_and_estimates_it(
    visit: Visit, lang: str, script: bool, viewport: dict[str, int] | None
) -> None:
    page = visit(f"/?lang={lang}", **options(script, viewport))

    page.locator("#search").fill("avat")
    page.get_by_role("button", name=WORDS[lang]["search"]).click()
    page.get_by_role("link", name="Avatar", exact=True).click()
    expect(page.locator("h1")).to_have_text("Avatar")
    page.locator('a[href*="#answer"]').click()

    expect(page.locator("#runtime")).to_have_value("162")
    expect(page.locator(".known-film")).to_contain_text("7,6" if lang == "fr" else "7.6")


@each_two_together
def test_a_visitor_scores_a_file_reads_the_result_and_takes_it_home(
    visit: Visit, lang: str, script: bool, viewport: dict[str, int] | None
) -> None:
    page = visit(f"/batch?lang={lang}", **options(script, viewport))

    page.locator("#films").set_input_files(TABLE)  # type: ignore[arg-type]
    page.get_by_role("button", name=WORDS[lang]["see"]).click()

    expect(page.locator("#result-heading")).to_contain_text("3")
    expect(page.locator(".row-faults li")).to_have_count(1)
    expect(page.locator("#progress")).to_be_hidden()
    page.locator("#films").set_input_files(TABLE)  # type: ignore[arg-type]
    with page.expect_download() as download:
        page.locator("button.second").click()
    assert download.value.suggested_filename == "films-cinecote.csv"
    assert b"A,31000,bien" in download.value.path().read_bytes()


@in_each_language
@with_and_without_script
def test_a_visitor_sorts_the_films_and_looks_at_a_chart(visit: Visit, lang: str, script: bool) -> None:
    page = visit(f"/films?lang={lang}&search=suite", java_script_enabled=script)

    page.locator("thead a").first.click()
    expect(page.locator(".film .title").first).to_have_text("Suite 0")
    page.locator('header a[href^="/charts"]').click()
    page.locator(".chart-list a").first.click()

    expect(page.locator(".drawn-bar")).to_have_count(3)
    expect(page.locator("table tbody tr")).to_have_count(5)


@in_each_language
def test_the_answer_follows_a_slider_and_a_link_reproduces_it(visit: Visit, lang: str) -> None:
    page = visit(f"/?vote_count=5200&lang={lang}")
    before = page.locator(".chance-bien data").get_attribute("value")
    page.evaluate("window.stays = true")

    slider = page.locator("#vote_count + .slider")
    slider.focus()
    slider.press("Home")

    expect(page.locator("#answer")).to_have_attribute("data-category", "médiocre")
    expect(page.locator("#vote_count")).to_have_value("10")
    assert page.locator(".chance-bien data").get_attribute("value") != before
    page.wait_for_url("**vote_count=10**")
    assert page.evaluate("window.stays") is True
    page.reload()
    expect(page.locator("#answer")).to_have_attribute("data-category", "médiocre")


def address_of(link: Locator) -> str:
    return link.get_attribute("href") or ""


def test_the_links_on_lead_there_with_the_figures_that_a_slider_shows(visit: Visit) -> None:
    page = visit("/?film=19995&budget=237000000&vote_count=31000&runtime=162&along=budget")
    shown = page.locator("#answer").get_attribute("data-category")

    page.locator("#vote_count + .slider").press("Home")
    expect(page.locator("#answer")).not_to_have_attribute("data-category", shown or "")
    present = page.locator("#answer").get_attribute("data-category") or ""
    page.locator(".languages a").click()

    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#vote_count")).to_have_value("10")
    expect(page.locator("#budget")).to_have_value("237,000,000")
    expect(page.locator("#answer")).to_have_attribute("data-category", present)
    page.locator("#runtime + .slider").press("Home")
    expect(page.locator("#runtime")).to_have_value("60")
    page.locator(".moment").last.click()
    expect(page.locator("#runtime")).to_have_value("60")
    expect(page.locator("#budget")).to_have_value("237,000,000")
    expect(page.locator(".model")).to_contain_text("film-category-avant-sortie")


def test_what_is_typed_and_not_sent_goes_along_to_the_other_language_and_the_other_moment(visit: Visit) -> None:
    page = visit("/?vote_count=5200&runtime=121")

    page.locator("#revenue").fill("1,5 milliard")
    page.locator("#budget").fill("1,234 M")
    page.locator("#runtime").fill("")
    page.locator(".languages a").click()

    expect(page.locator("#revenue")).to_have_value("1,500,000,000")
    expect(page.locator("#budget")).to_have_value("1,234,000")
    expect(page.locator("#vote_count")).to_have_value("5,200")
    expect(page.locator("#runtime")).to_have_value("")
    page.locator("#budget").fill("30M")
    page.locator(".moment").last.click()
    expect(page.locator("#budget")).to_have_value("30,000,000")
    assert "revenue" not in page.url


def test_what_is_typed_and_taken_back_leaves_the_links_as_they_were(visit: Visit) -> None:
    page = visit("/?vote_count=5200")
    links = [*page.locator(".moment").all(), page.locator(".languages a")]
    before = [page.evaluate("(link) => link.href", link.element_handle()) for link in links]

    page.locator("#vote_count").fill("9")
    assert "vote_count=9" in address_of(links[-1])
    page.locator("#vote_count").fill("5 200")

    assert [page.evaluate("(link) => link.href", link.element_handle()) for link in links] == before


def predictions(asked: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [question for question in asked if question["path"].startswith("/v1/predictions")]


def test_sliders_ask_about_no_film_and_keep_the_curve_up_to_date(visit: Visit, asked: list[dict[str, Any]]) -> None:
    page = visit("/?vote_count=5200&along=vote_count")
    place = page.locator(".present").get_attribute("d")

    page.locator("#vote_count + .slider").press("End")

    page.wait_for_url("**vote_count=50*along=vote_count")
    expect(page.locator(".present")).not_to_have_attribute("d", place or "")
    expect(page.locator(".line")).to_have_count(3)
    assert predictions(asked) == []


def test_a_slider_gives_an_answer_before_anything_was_asked(visit: Visit, asked: list[dict[str, Any]]) -> None:
    page = visit("/")

    page.locator("#vote_count + .slider").press("End")

    expect(page.locator("#answer")).to_have_attribute("data-category", "bien")
    assert predictions(asked) == []


def test_a_dropped_file_is_taken(visit: Visit) -> None:
    page = visit("/batch")
    dropped = page.evaluate_handle(
        """() => {
            const data = new DataTransfer();
            data.items.add(new File(["vote_count\\n9\\n"], "films.csv"));
            return data;
        }"""
    )

    page.dispatch_event("#drop", "drop", {"dataTransfer": dropped})
    page.get_by_role("button", name="Voir le résultat").click()

    expect(page.locator("#result-heading")).to_contain_text("1")


@each_two_together
def test_a_visitor_of_a_busy_service_is_told_so_and_tries_again_without_typing(
    visit: Visit,
    replies: dict[str, tuple[int, object]],
    lang: str,
    script: bool,
    viewport: dict[str, int] | None,
) -> None:
    page = visit(f"/?lang={lang}", **options(script, viewport))
    replies["/v1/predictions"] = 503, {"type": "urn:cinecote:problem:busy"}

    page.locator("#vote_count").fill("5200")
    page.locator(".film-form").get_by_role("button", name=WORDS[lang]["estimate"]).click()
    expect(page.locator(".notice-busy")).to_be_visible()
    expect(page.locator("#vote_count")).to_have_value("5 200" if lang == "fr" else "5,200")
    if script:
        assert faults_in(page) == ""
    replies.clear()
    page.locator(".retry").click()

    expect(page.locator("#verdict")).to_contain_text("bien")


@in_each_language
@with_and_without_script
def test_a_form_whose_cookie_is_gone_says_so_and_may_be_sent_again(visit: Visit, lang: str, script: bool) -> None:
    page = visit(f"/batch?lang={lang}", java_script_enabled=script)
    page.context.clear_cookies()

    for _ in range(2):
        page.locator("#films").set_input_files(TABLE)  # type: ignore[arg-type]
        page.get_by_role("button", name=WORDS[lang]["see"]).click()
        expect(page.locator("#result .faults, #result-heading").first).to_be_visible()

    expect(page.locator("#result-heading")).to_contain_text("3")


def test_the_rows_are_shown_in_another_order_without_choosing_the_file_again(visit: Visit) -> None:
    page = visit("/batch")
    page.locator("#films").set_input_files(TABLE)  # type: ignore[arg-type]
    page.get_by_role("button", name="Voir le résultat").click()
    expect(page.locator(".scored-row td").first).to_have_text("A")

    page.locator("#order").select_option("mediocre")

    expect(page.locator(".scored-row td").first).to_have_text("B")


def test_the_page_is_used_by_keyboard_alone(visit: Visit) -> None:
    page = visit("/")

    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    for chosen in (page.locator(".moment").first, page.locator(".moment").last, page.locator("#revenue")):
        page.keyboard.press("Tab")
        expect(chosen).to_be_focused()
    page.keyboard.type("150 M")
    page.keyboard.press("Enter")

    expect(page.locator("#answer")).to_be_visible()
