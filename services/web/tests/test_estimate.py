import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

See = Callable[..., BeautifulSoup]
ASKED = "/?revenue=150+M&budget=30+M&vote_count=5200&runtime=121"


def text(page: BeautifulSoup, selector: str) -> str:
    found = page.select_one(selector)
    assert found is not None, selector
    return " ".join(found.get_text(" ", strip=True).split())


def shown(page: BeautifulSoup) -> dict[str, str]:
    return {str(field["name"]): str(field["value"]) for field in page.select(".film-form input")}


def probabilities(page: BeautifulSoup) -> dict[str, float]:
    return {str(figure["data-category"]): float(str(figure["value"])) for figure in page.select(".chance data")}


def last_answer(browser: FlaskClient, asked: list[dict[str, Any]], address: str) -> Any:
    """What the api itself answers to what the page last asked."""
    body = next(call["body"] for call in reversed(asked) if call["path"] == "/v1/predictions")
    return httpx2.post(f"{address}/v1/predictions", content=body).json()


def test_the_page_shows_the_api_s_probabilities_to_the_last_digit(
    see: See, browser: FlaskClient, asked: list[dict[str, Any]], api_address: str
) -> None:
    page = see(ASKED)

    answer = last_answer(browser, asked, api_address)
    assert probabilities(page) == answer["probabilities"]
    assert page.select_one(f'#answer[data-category="{answer["category"]}"]') is not None
    assert text(page, ".model") == "Modèle film-category, version 7"


def test_the_api_is_asked_for_the_numbers_that_were_typed(see: See, asked: list[dict[str, Any]]) -> None:
    see("/?revenue=150+000+000&budget=&vote_count=5%E2%80%AF200&runtime=2+h+01")

    body = next(call["body"] for call in asked if call["path"] == "/v1/predictions")
    assert json.loads(body) == {"revenue": 150_000_000, "budget": None, "vote_count": 5200, "runtime": 121}


def test_each_bar_is_as_long_as_its_probability_and_says_it_in_figures(see: See) -> None:
    page = see(ASKED)

    for chance in page.select(".chance"):
        figure, bar = chance.data, chance.select_one(".bar-share")
        assert figure is not None
        assert bar is not None
        share = float(str(figure["value"]))
        assert float(str(bar["width"])) == pytest.approx(100 * share)
        assert figure.get_text() == f"{share * 100:.1f}".replace(".", ",") + "\u202f%"


def test_the_category_is_told_in_a_sentence_in_each_language(see: See) -> None:
    assert text(see(ASKED), "#verdict") == "Ce film est sans doute bien"
    assert text(see(f"{ASKED}&lang=en"), "#verdict") == "This film is most likely bien (good)"


@pytest.mark.parametrize(
    ("share", "lang", "verdict", "sentence"),
    [
        (
            0.48,
            "fr",
            "Ce film penche vers",
            "Sur dix films aux chiffres semblables, environ 5 sont de la catégorie bien .",
        ),
        (0.48, "en", "This film leans towards", "Of ten films with figures like these, about 5 are bien (good) ."),
        (0.82, "en", "This film is most likely", "Of ten films with figures like these, about 8 are bien (good) ."),
        (
            0.97,
            "fr",
            "Ce film est sans doute",
            "Presque tous les films aux chiffres semblables sont de la catégorie bien .",
        ),
    ],
)
def test_how_sure_the_answer_is_stands_in_words_that_need_no_percentages(
    see: See, replies: dict[str, tuple[int, object]], share: float, lang: str, verdict: str, sentence: str
) -> None:
    others = {"moyen": (1 - share) / 2, "médiocre": (1 - share) / 2}
    model = {"name": "film-category", "version": "7"}
    replies["/v1/predictions"] = (
        200,
        {"category": "bien", "probabilities": {"bien": share, **others}, "certain": True, "model": model},
    )

    page = see(f"{ASKED}&lang={lang}")
    assert text(page, "#verdict").startswith(verdict)
    assert text(page, ".verdict-detail") == sentence


def test_the_answer_leads_to_the_page_of_the_model_that_gave_it(see: See) -> None:
    assert see(ASKED).select_one(".model a")["href"] == "/model"  # type: ignore[index]
    assert see("/?when=before&runtime=121&lang=en").select_one(".model a")["href"] == "/model?when=before&lang=en"  # type: ignore[index]


def test_an_uncertain_answer_says_undecided_and_names_the_two_likeliest(see: See) -> None:
    page = see("/?vote_count=510")

    first, second = sorted(probabilities(page).items(), key=lambda item: -item[1])[:2]
    assert first[1] - second[1] < 0.10
    assert text(page, "#verdict") == "Indécis"
    named = [category.get_text() for category in page.select(".verdict-detail .category")]
    assert named == [first[0], second[0]]


def test_what_each_category_means_comes_from_the_model_that_is_served(
    see: See, replies: dict[str, tuple[int, object]], card: dict[str, Any]
) -> None:
    replies["/v1/model"] = 200, {**card, "thresholds": {"moyen": 5.5, "bien": 7.25}}

    page = see(ASKED)

    assert text(page, ".chance-mediocre .chance-rating").startswith("note inférieure à 5,5")
    assert text(page, ".chance-bien .chance-rating").startswith("note d’au moins 7,2")


def test_what_was_unknown_is_said(see: See) -> None:
    page = see("/?revenue=150+M&budget=500")

    facts = [" ".join(fact.get_text(" ", strip=True).split()) for fact in page.select("#answer .facts div")]
    assert facts == [
        "Recettes mondiales 150 000 000 $",
        "Budget inconnu Moins de 1 000 $ : compté comme inconnu.",
        "Nombre de votes inconnu",
        "Durée inconnu",
    ]


def test_the_form_comes_back_filled_in_a_readable_way(see: See) -> None:
    assert shown(see(ASKED)) == {
        "revenue": "150 000 000",
        "budget": "30 000 000",
        "vote_count": "5 200",
        "runtime": "121",
    }


@pytest.mark.parametrize(
    ("query", "fields", "sentence"),
    [
        ("revenue=beaucoup", ["revenue"], "écrivez un montant en dollars"),
        ("budget=-5", ["budget"], "au moins 0 $"),
        ("runtime=5000", ["runtime"], "au plus 1 000 min"),
        ("revenue=x&vote_count=y", ["revenue", "vote_count"], "écrivez un nombre"),
        ("revenue=&budget=&vote_count=&runtime=", [], "indiquez au moins une des quatre valeurs"),
        ("budget=500", [], "un montant de moins de 1 000 $"),
    ],
)
def test_bad_input_is_told_at_its_field_without_asking_the_api(
    see: See, asked: list[dict[str, Any]], query: str, fields: list[str], sentence: str
) -> None:
    page = see(f"/?{query}", 422)

    assert [str(field["id"]) for field in page.select("[aria-invalid=true]")] == fields
    assert sentence in text(page, ".faults")
    assert page.select_one("#answer") is None
    assert page.title is not None
    assert page.title.get_text().startswith("Erreur")
    assert asked == []


def test_what_was_typed_is_kept_beside_its_fault(see: See) -> None:
    page = see('/?revenue="><script>&budget=30+M', 422)

    assert shown(page)["revenue"] == '"><script>'
    assert shown(page)["budget"] == "30 000 000"
    assert page.select("script:not([src])") == []


def test_the_api_s_own_refusal_stands_at_the_field_that_it_names(
    see: See, replies: dict[str, tuple[int, object]]
) -> None:
    replies["/v1/predictions"] = 422, {"errors": [{"pointer": "/budget", "detail": "must be prime"}]}

    page = see(ASKED, 422)

    assert "must be prime" in text(page, "#budget-fault")
    assert shown(page)["revenue"] == "150 000 000"
