from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup

See = Callable[..., BeautifulSoup]
ASKED = "/?revenue=150+M&budget=30+M&vote_count=5200&runtime=121"
AVATAR = "/?film=19995&revenue=2923706026&budget=237000000&vote_count=31000&runtime=162"
MODEL = {"name": "film-category", "version": "7"}


def text(page: BeautifulSoup, selector: str) -> str:
    found = page.select_one(selector)
    assert found is not None, selector
    return " ".join(found.get_text(" ", strip=True).split())


def explained(shares: dict[str, float], **others: Any) -> dict[str, Any]:
    """An explanation in which these inputs move `bien` so much."""
    inputs = [
        {"name": name, "value": 12_000, "shares": {"bien": share, "moyen": -share, "médiocre": 0}}
        for name, share in shares.items()
    ]
    probabilities = {"bien": 0.5, "moyen": 0.3, "médiocre": 0.2}
    told = {
        "category": "bien",
        "probabilities": probabilities,
        "inputs": inputs,
        "neighbours": [],
        "flip": None,
        "model": MODEL,
    }
    return {**told, "base": {"bien": 0.3, "moyen": 0.3, "médiocre": 0.4}, **others}


def test_each_input_s_push_is_said_in_points_and_in_words_the_largest_first(
    see: See, replies: dict[str, tuple[int, object]]
) -> None:
    replies["/v1/explanations"] = 200, explained({"budget": -0.05, "revenue": 0.204, "runtime": -0.0001})

    page = see(ASKED)

    pushes = [" ".join(push.get_text(" ", strip=True).split()) for push in page.select(".push")]
    assert pushes == [
        "Recettes mondiales 12 000 $ +20,4 points pousse vers bien",
        "Budget 12 000 $ −5,0 points éloigne de bien",
        "Durée 12 000 min +0,0 points ne change rien",
    ]


def test_bars_go_right_for_the_category_and_left_against_it_as_far_as_they_push(
    see: See, replies: dict[str, tuple[int, object]]
) -> None:
    replies["/v1/explanations"] = 200, explained({"revenue": 0.2, "budget": -0.05})

    towards, against = see(ASKED).select(".bar-push")

    assert (float(str(towards["x"])), float(str(towards["width"]))) == (0, 100)
    assert (float(str(against["x"])), float(str(against["width"]))) == (-25, 25)


def test_the_base_and_the_pushes_lead_to_the_probability_that_is_shown(see: See) -> None:
    page = see(ASKED)

    figure = text(page, ".chance-likeliest .chance-figure")
    assert f"mènent à {figure}" in text(page, ".reasons p")


def test_an_unknown_input_is_explained_too_but_not_one_that_nobody_can_type(see: See) -> None:
    page = see("/?vote_count=5200")

    assert [str(push["data-input"]) for push in page.select(".push")] == ["vote_count"]


def test_an_unknown_input_that_pushes_is_said_to_be_unknown(see: See, replies: dict[str, tuple[int, object]]) -> None:
    said = explained({"budget": 0.1})
    said["inputs"][0]["value"] = None
    replies["/v1/explanations"] = 200, said

    assert "Budget inconnu" in text(see(ASKED), ".push")


def test_the_smallest_change_is_a_sentence_and_a_link_that_shows_it(see: See) -> None:
    page = see(ASKED)

    assert text(page, ".change").startswith("Avec 20 800 votes au lieu de 5 200, l’estimation deviendrait médiocre .")
    link = page.select_one(".change a")
    assert link is not None
    assert [str(f["value"]) for f in see(str(link["href"])).select(".field input")] == [
        "150 000 000",
        "30 000 000",
        "20 800",
        "121",
    ]


def test_a_category_that_no_single_change_leaves_is_said(see: See, replies: dict[str, tuple[int, object]]) -> None:
    replies["/v1/explanations"] = 200, explained({"revenue": 0.2})

    assert "Aucun chiffre, changé seul" in text(see(ASKED), ".change")


def test_the_nearest_known_films_are_links_to_their_own_estimates(see: See) -> None:
    page = see(ASKED)

    near = page.select(".near li")
    assert len(near) == 5
    assert " ".join(near[0].get_text(" ", strip=True).split()) == "Avatar 2009 · bien · note 7,6 sur 10"
    assert str(page.select(".near a")[0]["href"]) == f"{AVATAR}#answer"


def test_a_film_is_not_its_own_neighbour(see: See) -> None:
    assert "Avatar" not in text(see(AVATAR), ".near")


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (503, {}),
        (500, b"Traceback"),
        (422, {"errors": [{"pointer": "/budget", "detail": "must be prime"}]}),
        (200, {}),
        (200, explained({}, model={"name": "film-category", "version": "8"})),
        (200, explained({}, category="moyen")),
    ],
)
def test_without_an_explanation_that_fits_only_that_part_is_missing(
    see: See, replies: dict[str, tuple[int, object]], status: int, answer: object
) -> None:
    replies["/v1/explanations"] = status, answer

    page = see(ASKED)

    assert page.select_one("#answer .chances") is not None
    assert page.select(".push") == []
    assert "L’explication n’est pas disponible" in text(page, ".reasons")


@pytest.mark.parametrize("address", ["/", "/?revenue=x"])
def test_nothing_is_explained_before_there_is_an_estimate(see: See, asked: list[dict[str, Any]], address: str) -> None:
    see(address, 422 if "x" in address else 200)

    assert "/v1/explanations" not in [question["path"] for question in asked]
