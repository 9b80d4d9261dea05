"""The benchmark's table and plots on the model's page."""

from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient

from .fake_data import REPORT

See = Callable[..., BeautifulSoup]
Replies = dict[str, tuple[int, object]]


def cells(row: Tag) -> list[str]:
    return [" ".join(cell.get_text(" ", strip=True).replace("\u202f", " ").split()) for cell in row.select("th, td")]


def rows(page: BeautifulSoup, selector: str) -> list[list[str]]:
    return [cells(row) for row in page.select(selector)]


def test_the_best_stands_first_and_the_one_that_is_served_is_marked(see: See) -> None:
    page = see("/model")

    names = [row[0] for row in rows(page, ".compared")]
    assert names == [
        "Régression logistique en service",
        "moon phase",
        "Le choix dans son ensemble",
        "Toujours la catégorie la plus courante",
    ]
    assert [row[0] for row in rows(page, ".costing")] == names
    assert rows(page, ".compared[data-served]") == rows(page, ".compared")[:1]


@pytest.mark.parametrize(("lang", "told"), [("fr", "0,631 (0,611 – 0,651)"), ("en", "0.631 (0.611 – 0.651)")])
def test_a_figure_stands_with_its_interval_and_an_unknown_one_is_a_dash(see: See, lang: str, told: str) -> None:
    assert rows(see(f"/model?lang={lang}"), ".compared")[0][1:] == [told, "–", "–", "–"]


def test_costs_have_their_units_and_a_baseline_has_none_but_its_time(see: See) -> None:
    page = see("/model")

    headings = cells(page.select(".comparison")[1].select("thead tr")[0])[-3:]
    assert headings == ["Apprentissage (s)", "Taille (ko)", "Réponse (µs)"]
    costs = {row[0]: row[-3:] for row in rows(page, ".costing")}
    assert costs["moon phase"] == ["1,2", "1 234,6", "1 500"]
    assert costs["Toujours la catégorie la plus courante"] == ["1,2", "–", "–"]


def test_the_table_says_what_it_was_made_of(see: See) -> None:
    section = see("/model?lang=en").select_one("[aria-labelledby=comparison-heading]")

    assert section is not None
    assert "Seed 3, at most 12 trials a method" in section.get_text()
    assert "no time to compare: Ordinal regression." in section.get_text()
    assert "Complete films (2,000)" in " ".join(section.get_text().split())
    assert section.select_one("code").get_text() == "0a1b" * 16  # type: ignore[union-attr]
    assert [bool(table.select_one("caption")) for table in section.select("table")] == [True, True]


@pytest.mark.parametrize(("lang", "told"), [("fr", "Le score F1 moyen de chaque"), ("en", "Each method’s mean F1")])
def test_every_plot_is_a_picture_told_in_words_that_comes_when_it_is_seen(see: See, lang: str, told: str) -> None:
    pictures = see(f"/model?lang={lang}").select(".plot img")

    assert [str(picture["src"]).partition("?")[0] for picture in pictures] == [
        f"/model/plots/{name}.svg" for name in ("pareto", "unknown-inputs", "moon")
    ]
    assert str(pictures[0]["alt"]).startswith(told)
    assert all(picture["alt"] and picture["loading"] == "lazy" for picture in pictures)


@pytest.mark.parametrize(("lang", "name"), [("fr", "pareto-fr"), ("en", "pareto")])
def test_a_plot_has_its_words_in_the_visitors_language_where_there_is_one(
    see: See, replies: Replies, lang: str, name: str
) -> None:
    replies["/v1/model/report"] = 200, {**REPORT, "languages": ["fr"]}

    page = see(f"/model?lang={lang}")

    assert str(page.select(".plot img")[0]["src"]).partition("?")[0] == f"/model/plots/{name}.svg"
    assert "anglais" not in page.select_one(".plots").find_parent().get_text()  # type: ignore[union-attr]


def test_a_plot_comes_through_the_page_and_runs_no_script(browser: FlaskClient, asked: list[dict[str, Any]]) -> None:
    answer = browser.get("/model/plots/pareto.svg")

    assert (answer.status_code, answer.content_type) == (200, "image/svg+xml")
    assert answer.data.startswith(b"<svg")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers
    assert [each["path"] for each in asked] == ["/v1/model/plots/pareto.svg"]


def test_a_plot_that_the_browser_has_is_not_sent_again(browser: FlaskClient) -> None:
    tag = browser.get("/model/plots/pareto.svg").headers["ETag"]

    again = browser.get("/model/plots/pareto.svg", headers={"If-None-Match": tag})

    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    ("address", "asks"),
    [
        ("/model/plots/learning.svg", 1),
        ("/model/plots/pareto.svg?when=before", 1),
        ("/model/plots/Pareto.svg", 0),
        ("/model/plots/..%2Freport.svg", 0),
        ("/model/plots/a%3Fname=b.svg", 0),
    ],
)
def test_a_plot_that_is_not_there_is_no_page(
    browser: FlaskClient, asked: list[dict[str, Any]], address: str, asks: int
) -> None:
    assert browser.get(address).status_code == 404
    assert len(asked) == asks


def test_a_plot_while_the_api_is_away_is_to_be_asked_for_later(browser: FlaskClient, replies: Replies) -> None:
    replies["/v1/model/plots/pareto.svg"] = 503, {"type": "urn:cinecote:problem:no-model"}

    answer = browser.get("/model/plots/pareto.svg")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "17")


@pytest.mark.parametrize("reply", [(404, {}), (503, {}), (200, {"algorithm": "logistic"})])
def test_without_a_report_the_rest_of_the_page_is_there(see: See, replies: Replies, reply: tuple[int, object]) -> None:
    replies["/v1/model/report"] = reply

    page = see("/model")

    assert page.select(".compared, .plot") == []
    assert page.select_one(".model-card") is not None
    assert page.select_one(".peer") is not None


def test_the_plots_of_the_other_model_are_its_own(see: See, replies: Replies, asked: list[dict[str, Any]]) -> None:
    replies["/v1/model/report"] = 200, REPORT

    pictures = see("/model?when=before").select(".plot img")

    assert {str(picture["src"]).partition("?")[2] for picture in pictures} == {"when=before"}
    assert {each.get("name") for each in asked if each["path"] == "/v1/model/report"} == {"film-category-avant-sortie"}
