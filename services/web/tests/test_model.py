from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup

from cinecote_web.api_client import ApiClient
from cinecote_web.main import create_app
from cinecote_web.model import Links

See = Callable[..., BeautifulSoup]


def text(page: BeautifulSoup, selector: str) -> str:
    found = page.select_one(selector)
    assert found is not None, selector
    return " ".join(found.get_text(" ", strip=True).replace("\u202f", " ").split())


def test_the_card_says_what_answers_and_what_it_learned_from(see: See) -> None:
    said = text(see("/model"), ".model-card")

    assert "Version film-category 7" in said
    assert "Entraîné le 23 nov. 2026, 20:02:51 UTC" in said
    assert "Films d’apprentissage 2 346 bien 774" in said
    assert "moyen à partir de 6, bien à partir de 7" in said


def test_scores_stand_with_their_interval_and_unknown_ones_are_a_dash(see: See) -> None:
    first, second = see("/model").select(".measured")[:2]

    assert [cell.get_text(" ", strip=True) for cell in first.select("td")] == ["0,63 (0,61 – 0,65)", "–", "–"]
    assert [cell.get_text(strip=True) for cell in second.select("td")] == ["–", "–", "–"]


def test_without_a_report_the_model_is_compared_with_simpler_methods(
    see: See, replies: dict[str, tuple[int, object]]
) -> None:
    replies["/v1/model/report"] = 404, {}

    peers = [peer.select(".push-name")[0].get_text() for peer in see("/model").select(".peer")]

    assert peers == ["Toujours la catégorie la plus courante", "Ce modèle"]


def test_every_decision_is_in_the_ledger_those_without_a_word_of_ours_too(see: See) -> None:
    first, second = see("/model").select(".decision")

    assert [cell.get_text() for cell in first.select("td")][1:] == ["7", "mise en service", "6", "better"]
    assert [cell.get_text() for cell in second.select("td")][1:] == ["6", "pondered", "–", "<first>"]


def test_without_the_registry_only_the_ledger_is_missing(see: See, replies: dict[str, tuple[int, object]]) -> None:
    replies["/v1/models"] = 503, {"type": "urn:cinecote:problem:no-registry"}

    page = see("/model")

    assert "Le journal n’est pas disponible" in page.get_text()
    assert page.select_one(".model-card") is not None


def test_a_ledger_without_decisions_says_so(see: See, replies: dict[str, tuple[int, object]]) -> None:
    replies["/v1/models"] = 200, {"promotions": []}

    assert "Aucune décision" in see("/model").get_text()


def test_without_a_model_the_page_says_so(see: See, replies: dict[str, tuple[int, object]]) -> None:
    replies["/v1/model"] = 503, {}

    assert "Aucun modèle n’est encore prêt" in see("/model", 503).get_text()


@pytest.mark.parametrize("metrics", [{}, {"cross_validation": 1}, {"cross_validation": {"macro_f1": {"value": "?"}}}])
def test_figures_that_training_did_not_write_are_left_out(
    see: See, replies: dict[str, tuple[int, object]], card: dict[str, Any], metrics: object
) -> None:
    replies["/v1/model"] = 200, {**card, "metrics": metrics}
    replies["/v1/model/report"] = 404, {}

    assert see("/model").select(".measured, .peer") == []


def test_pages_beside_this_one_are_linked_where_they_are_configured(see: See, api_address: str) -> None:
    assert see("/model").select("[rel=noreferrer]") == []

    with ApiClient(api_address, seconds=5) as api:
        links = Links("http://mlflow.example", "https://grafana.example/d")
        page = BeautifulSoup(create_app(api, links).test_client().get("/model").text, "html.parser")

    assert [str(link["href"]) for link in page.select("[rel=noreferrer]")] == [links.mlflow, links.grafana]
