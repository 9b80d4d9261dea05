import io
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from cinecote_web.api_client import ApiClient
from cinecote_web.main import create_app

from .forms import token

SECRET = b"the same for every replica, and long"
UPLOADS = ["/batch", "/batch/scored.csv"]
POSTED = [*UPLOADS, *(f"/model/{form}" for form in ("key", "forget", "reload", "rollback", "traffic"))]
STALE = {"fr": "n’est plus valable", "en": "no longer valid"}
HTTPS: dict[str, Any] = {"base_url": "https://localhost"}


def form(**fields: str) -> dict[str, Any]:
    return {**fields, "films": (io.BytesIO(b"vote_count\n5\n"), "films.csv")}


def refused(text: str) -> str:
    return " ".join(BeautifulSoup(text, "html.parser").main.get_text().split())  # type: ignore[union-attr]


def test_every_address_that_is_posted_to_is_tried_here(browser: FlaskClient) -> None:
    rules = browser.application.url_map.iter_rules()
    posted = {rule.rule for rule in rules if rule.methods and rule.methods - {"GET", "HEAD", "OPTIONS"}}

    assert posted == set(POSTED)


@pytest.mark.parametrize("address", POSTED)
@pytest.mark.parametrize("lang", STALE)
@pytest.mark.parametrize("content_type", ["multipart/form-data", "application/x-www-form-urlencoded", "text/plain"])
def test_what_is_posted_without_a_token_is_refused_in_words(
    browser: FlaskClient, asked: list[dict[str, Any]], address: str, lang: str, content_type: str
) -> None:
    token(browser)
    data = form(order="file") if content_type.startswith("multipart") else "order=file"

    response = browser.post(f"{address}?lang={lang}", data=data, content_type=content_type)

    assert response.status_code == 403
    assert STALE[lang] in refused(response.text)
    assert asked == []


@pytest.mark.parametrize("address", POSTED)
def test_a_token_of_another_browser_is_refused(browser: FlaskClient, asked: list[dict[str, Any]], address: str) -> None:
    another = browser.application.test_client()
    token(browser)

    response = browser.post(address, data=form(token=token(another)))

    assert response.status_code == 403
    assert asked == []


@pytest.mark.parametrize("given", ["", "é", "0" * 64])
def test_a_browser_without_the_cookie_is_refused(browser: FlaskClient, given: str) -> None:
    assert browser.post("/batch", data=form(token=given)).status_code == 403


def test_the_refusal_of_a_table_brings_a_fresh_token(browser: FlaskClient) -> None:
    page = BeautifulSoup(browser.post("/batch", data=form()).text, "html.parser")

    fresh = str(page.select_one("#batch [name=token]")["value"])  # type: ignore[index]
    assert browser.post("/batch", data=form(token=fresh)).status_code == 200


def test_a_form_of_one_replica_may_be_sent_to_another(api_address: str) -> None:
    with ApiClient(api_address, seconds=5) as api:
        first, second, stranger = (create_app(api, secret=secret).test_client() for secret in (SECRET, SECRET, None))
        given = token(first)
        cookie = first.get_cookie("cinecote-form")
        assert cookie is not None
        for other in (second, stranger):
            other.set_cookie("cinecote-form", cookie.value)

        assert second.post("/batch", data=form(token=given)).status_code == 200
        assert stranger.post("/batch", data=form(token=given)).status_code == 403


def test_two_pages_of_one_browser_have_the_same_token(browser: FlaskClient) -> None:
    assert token(browser) == token(browser)


def test_the_cookie_is_kept_from_scripts_and_from_other_sites_forms_and_no_cache_keeps_the_page(
    browser: FlaskClient,
) -> None:
    answer = browser.get("/batch")

    said = answer.headers["Set-Cookie"]
    assert said.startswith("cinecote-form=")
    assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= set(said.split("; "))
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("options", [HTTPS, {"headers": {"X-Forwarded-Proto": "https"}}], ids=["https", "proxy"])
def test_by_https_the_cookie_stays_there(browser: FlaskClient, options: dict[str, Any]) -> None:
    said = browser.get("/batch", **options).headers["Set-Cookie"]

    assert said.startswith("__Host-cinecote-form=")
    assert "Secure" in said.split("; ")


def test_a_form_that_is_far_too_large_is_not_read(browser: FlaskClient, asked: list[dict[str, Any]]) -> None:
    given = token(browser, "/model")
    asked.clear()

    response = browser.post("/model/key", data={"token": given, "key": "x" * 100_000})

    assert response.status_code == 413
    assert asked == []
