import socket
from collections.abc import Callable, Iterator

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from cinecote_web.api_client import ApiClient
from cinecote_web.main import create_app

See = Callable[..., BeautifulSoup]
ASKED = "/?revenue=150+M&film=19995"


@pytest.fixture
def silent_address() -> Iterator[str]:
    """An address that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def closed_address() -> str:
    """An address where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}"


def visit(address: str, page: str) -> tuple[int, str, BeautifulSoup]:
    with ApiClient(address, seconds=0.2) as api:
        response = create_app(api).test_client().get(page)
    return response.status_code, response.headers["Retry-After"], BeautifulSoup(response.text, "html.parser")


def assert_kept(page: BeautifulSoup) -> None:
    assert page.select_one('#revenue[value="150 000 000"]') is not None
    assert page.select_one('input[name=film][value="19995"]') is not None
    assert "Ce que vous avez écrit est conservé." in page.get_text()


def test_an_api_that_is_away_is_a_sentence_and_loses_nothing_typed(closed_address: str) -> None:
    status, retry_after, page = visit(closed_address, ASKED)

    assert (status, retry_after) == (503, "5")
    assert "ne répond pas" in page.get_text()
    assert_kept(page)


def test_an_api_that_is_too_slow_is_a_sentence_and_loses_nothing_typed(silent_address: str) -> None:
    status, retry_after, page = visit(silent_address, ASKED)

    assert (status, retry_after) == (503, "5")
    assert "trop de temps" in page.get_text()
    assert_kept(page)


@pytest.mark.parametrize("address", ["/", "/films", "/films?search=up"])
def test_every_page_can_be_seen_while_the_api_is_away(closed_address: str, address: str) -> None:
    status, _, page = visit(closed_address, address)

    assert status == 503
    assert page.select_one("form") is not None


@pytest.mark.parametrize(
    ("status", "answer", "sentence"),
    [
        (503, {"type": "urn:cinecote:problem:any"}, "Aucun modèle n’est encore prêt"),
        (429, {}, "trop de demandes"),
        (500, b"Traceback (most recent call last)", "a rencontré un problème"),
        (401, {}, "a rencontré un problème"),
        (404, {}, "a rencontré un problème"),
        (200, b"<html>", "a rencontré un problème"),
        (200, {"category": "bien"}, "a rencontré un problème"),
        (200, {"category": "super", "probabilities": {}, "certain": True}, "a rencontré un problème"),
    ],
)
def test_an_api_without_an_answer_is_a_sentence_and_loses_nothing_typed(
    see: See, replies: dict[str, tuple[int, object]], status: int, answer: object, sentence: str
) -> None:
    replies["/v1/predictions"] = status, answer

    page = see(ASKED, 503)

    assert sentence in page.get_text()
    assert "Traceback" not in page.get_text()
    assert_kept(page)


@pytest.mark.parametrize(
    ("lang", "busy", "away"),
    [("fr", "Beaucoup de monde en ce moment", "Pas de réponse pour l’instant"), ("en", "Many people", "No answer")],
)
@pytest.mark.parametrize(
    ("status", "answer"), [(429, {}), (503, {"type": "urn:cinecote:problem:busy"})], ids=["too fast", "too much"]
)
@pytest.mark.parametrize("moment", ["revenue=150+M&film=19995", "when=before&budget=150+M"])
def test_an_api_that_is_busy_is_told_apart_from_one_that_is_away(
    browser: FlaskClient,
    closed_address: str,
    replies: dict[str, tuple[int, object]],
    status: int,
    answer: object,
    lang: str,
    busy: str,
    away: str,
    moment: str,
) -> None:
    replies["/v1/predictions"] = status, answer
    address = f"/?{moment}&lang={lang}"

    response = browser.get(address)

    assert (response.status_code, response.headers["Retry-After"]) == (503, "17")
    page = BeautifulSoup(response.text, "html.parser")
    assert busy in page.select_one(".notice-busy h2").get_text()  # type: ignore[union-attr]
    assert page.select_one('input[value="150 000 000"], input[value="150,000,000"]') is not None
    assert away in visit(closed_address, address)[2].select_one(".notice:not(.notice-busy) h2").get_text()  # type: ignore[union-attr]


def test_trying_again_asks_for_what_was_typed(see: See, replies: dict[str, tuple[int, object]]) -> None:
    replies["/v1/predictions"] = 429, {}
    retry = see(f"{ASKED}&lang=en", 503).select_one(".retry")
    replies.clear()

    assert retry is not None
    assert see(str(retry["href"])).select_one('#answer [value="150000000"]') is not None


def test_probabilities_that_lack_a_category_are_no_answer(see: See, replies: dict[str, tuple[int, object]]) -> None:
    model = {"name": "film-category", "version": "7"}
    half = {"category": "bien", "probabilities": {"bien": 0.6, "moyen": 0.4}, "certain": True, "model": model}
    replies["/v1/predictions"] = 200, half

    see(ASKED, 503)


def test_how_long_the_api_asks_to_wait_is_passed_on(
    browser: FlaskClient, replies: dict[str, tuple[int, object]]
) -> None:
    replies["/v1/films"] = 503, {}

    response = browser.get("/films?search=up")

    assert response.headers["Retry-After"] == "17"
    assert "La base de films n’est pas disponible" in response.text
    assert 'value="up"' in response.text


def test_an_api_that_comes_back_is_asked_again_at_once(see: See, replies: dict[str, tuple[int, object]]) -> None:
    replies["/v1/predictions"] = 503, {}
    see(ASKED, 503)
    replies.clear()

    assert see(ASKED).select_one("#answer") is not None


def test_the_page_is_ready_while_the_api_answers_even_without_a_model(
    browser: FlaskClient, replies: dict[str, tuple[int, object]]
) -> None:
    assert browser.get("/readyz").status_code == 200
    replies["/readyz"] = 503, {}
    assert browser.get("/readyz").status_code == 200
    replies["/readyz"] = 502, {}
    assert browser.get("/readyz").status_code == 503


def test_without_the_api_the_page_lives_but_is_not_ready(closed_address: str) -> None:
    with ApiClient(closed_address, seconds=5) as api:
        browser = create_app(api).test_client()

        assert browser.get("/livez").status_code == 200
        assert browser.get("/readyz").status_code == 503
