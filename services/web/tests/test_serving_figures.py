"""Drift and live figures on the model's page."""

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup

from .fake_data import DRIFT, LIVE
from .test_comparison import rows

See = Callable[..., BeautifulSoup]
Replies = dict[str, tuple[int, object]]


def told(page: BeautifulSoup, section: str) -> str:
    found = page.select_one(f"[aria-labelledby={section}-heading]")
    assert found is not None
    return " ".join(found.get_text(" ", strip=True).replace("\u202f", " ").split())


def test_each_figure_s_drift_is_told_in_words_beside_its_index(see: See) -> None:
    page = see("/model")

    assert rows(page, ".drifting") == [
        ["Recettes mondiales", "0,04 semblables", "0,15 un peu éloignés", "2,0 %", "25,0 %"],
        ["Budget", "–", "0,31 très éloignés", "10,0 %", "63,6 %"],
        ["La catégorie estimée", "0,07 semblables", "–", "–", "–"],
    ]
    assert "412 films ont été demandés ces 7 derniers jours" in told(page, "drift")


def test_of_too_few_films_no_drift_is_told(see: See, replies: Replies) -> None:
    replies["/v1/model/drift"] = 200, {**DRIFT, "films": 12}

    page = see("/model?lang=en")

    assert "12, and 200 are needed" in told(page, "drift")
    assert not page.select(".drifting")


@pytest.mark.parametrize(("lang", "share"), [("fr", "0,63 (0,61 – 0,65)"), ("en", "0.63 (0.61 – 0.65)")])
def test_each_version_s_live_figures_stand_with_their_intervals(see: See, lang: str, share: str) -> None:
    page = see(f"/model?lang={lang}")

    (first, second) = rows(page, ".lived")
    assert [first[0], *first[2:]] == ["7", "40", share, "–", "–"]
    assert second == ["6", "3", "0", "–", "–", "–"]


def test_without_drift_and_live_figures_the_page_lacks_only_these(see: See, replies: Replies) -> None:
    replies |= {"/v1/model/drift": (503, {}), "/v1/model/live": (503, {})}

    page = see("/model?lang=en")

    assert "isn’t known for now" in told(page, "drift")
    assert "isn’t known for now" in told(page, "live")
    assert page.select(".compared")


def test_the_figures_asked_for_are_those_of_the_model_that_is_shown(see: See, asked: list[dict[str, object]]) -> None:
    see("/model?when=before")

    named = {each["path"]: each.get("name") for each in asked}
    assert {named["/v1/model/drift"], named["/v1/model/live"]} == {"film-category-avant-sortie"}


def test_no_version_has_live_figures_yet(see: See, replies: Replies) -> None:
    replies["/v1/model/live"] = 200, {**LIVE, "versions": []}

    assert "films sortis après l’apprentissage" in told(see("/model"), "live")
