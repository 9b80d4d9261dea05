import json
from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from cryptography.fernet import Fernet
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cinecote_web.api_client import ApiClient
from cinecote_web.main import create_app

from .fake_data import ADMIN_KEY, READER_KEY
from .forms import send, token

See = Callable[..., BeautifulSoup]
Replies = dict[str, tuple[int, object]]
SECRET = b"the same for every replica, and long"


@pytest.fixture
def admin(browser: FlaskClient) -> FlaskClient:
    """A browser in which an admin has typed the key."""
    assert send(browser, "/model/key", key=ADMIN_KEY).status_code == 303
    return browser


def text(response: TestResponse, selector: str) -> str:
    found = BeautifulSoup(response.text, "html.parser").select_one(selector)
    assert found is not None, response.text
    return " ".join(found.get_text(" ", strip=True).replace("\u202f", " ").split())


def changes(asked: list[dict[str, Any]]) -> list[tuple[str, str, str | None, Any]]:
    """What the api was asked to change, and by whom."""
    return [
        (call["method"], call["path"], call["headers"].get("Authorization"), json.loads(call["body"] or "null"))
        for call in asked
        if call["method"] != "GET" and call["path"].startswith("/v1/model/") and call["body"] != b"{}"
    ]


def kept(browser: FlaskClient) -> str | None:
    cookie = browser.get_cookie("cinecote-admin", path="/model")
    return cookie.value if cookie else None


def test_without_a_key_the_page_asks_for_one_and_offers_nothing_else(see: See) -> None:
    page = see("/model")

    assert page.select_one("#key[type=password]") is not None
    assert [str(form["action"]) for form in page.select("#admin form")] == ["/model/key#admin"]


def test_the_key_is_kept_encrypted_for_a_quarter_of_an_hour_where_no_script_and_no_other_site_gets_at_it(
    browser: FlaskClient,
) -> None:
    said = send(browser, "/model/key", key=ADMIN_KEY).headers["Set-Cookie"]

    assert {"HttpOnly", "Path=/model", "SameSite=Strict", "Max-Age=900"} <= set(said.split("; "))
    assert ADMIN_KEY not in said
    assert "Secure" not in said


def test_by_https_the_key_s_cookie_stays_there(browser: FlaskClient) -> None:
    https: dict[str, Any] = {"base_url": "https://localhost"}
    given = token(browser, "/model", **https)

    answer = browser.post("/model/key", data={"token": given, "key": ADMIN_KEY}, **https)

    assert "Secure" in answer.headers["Set-Cookie"].split("; ")


def test_no_page_and_no_log_ever_shows_the_key(
    browser: FlaskClient, capfd: pytest.CaptureFixture[str], replies: Replies
) -> None:
    replies["/v1/model/rollback"] = 500, {}
    answers = [
        send(browser, "/model/key", key=ADMIN_KEY),
        send(browser, "/model/rollback"),
        browser.get("/model"),
        send(browser, "/model/key", key="cine_mistyped"),
    ]

    said = "".join(capfd.readouterr()) + "".join(answer.text + str(answer.headers) for answer in answers)
    assert ADMIN_KEY not in said
    assert "cine_mistyped" not in said


@pytest.mark.parametrize(("lang", "sentence"), [("fr", "n’est pas connue"), ("en", "isn’t known")])
@pytest.mark.parametrize("key", ["cine_wrong", "", "é", "with blank", "x" * 201, "a\r\nb"])
def test_a_key_that_is_none_is_refused_in_words(browser: FlaskClient, lang: str, sentence: str, key: str) -> None:
    response = send(browser, f"/model/key?lang={lang}", key=key)

    assert response.status_code == 403
    assert sentence in text(response, "#admin .faults")
    assert kept(browser) is None


def test_a_key_that_opens_less_is_refused_in_words(browser: FlaskClient) -> None:
    response = send(browser, "/model/key", key=READER_KEY)

    assert response.status_code == 403
    assert "n’ouvre pas l’administration" in text(response, "#admin .faults")


def test_trying_a_key_changes_nothing(admin: FlaskClient, asked: list[dict[str, Any]]) -> None:
    assert changes(asked) == []


@pytest.mark.parametrize("when", ["after", "before"])
@pytest.mark.parametrize(("form", "path"), [("reload", "/v1/model/reload"), ("rollback", "/v1/model/rollback")])
def test_an_admin_s_change_is_made_with_the_admin_s_key_and_told(
    admin: FlaskClient, asked: list[dict[str, Any]], form: str, path: str, when: str
) -> None:
    response = send(admin, f"/model/{form}?when={when}")

    assert changes(asked) == [("POST", path, f"Bearer {ADMIN_KEY}", None)]
    named = [call.get("name") for call in asked if call["path"] == path]
    assert named == [None if when == "after" else "film-category-avant-sortie"]
    assert response.status_code == 303
    assert text(admin.get(response.location.partition("#")[0]), ".done").endswith("en moins de 30 secondes.")


@pytest.mark.parametrize(
    ("lang", "weight", "shadow", "share"),
    [
        ("fr", "12,5", {}, 0.125),
        ("en", "12.5%", {"shadow": "true"}, 0.125),
        ("fr", "0", {}, 0.0),
        ("fr", "100 %", {}, 1),
    ],
)
def test_the_challenger_s_share_is_set_and_shown(
    admin: FlaskClient, asked: list[dict[str, Any]], lang: str, weight: str, shadow: dict[str, str], share: float
) -> None:
    response = send(admin, f"/model/traffic?lang={lang}", weight=weight, **shadow)

    traffic = {"challenger_weight": share, "shadow": bool(shadow)}
    assert changes(asked) == [("PUT", "/v1/model/traffic", f"Bearer {ADMIN_KEY}", traffic)]
    page = BeautifulSoup(admin.get(response.location.partition("#")[0]).text, "html.parser")
    assert page.select_one("#weight")["value"] == weight.removesuffix("%").strip()  # type: ignore[index]
    assert page.select_one("#shadow").has_attr("checked") is bool(shadow)  # type: ignore[union-attr]
    assert "8" in page.select_one("#weight-hint").get_text()  # type: ignore[union-attr]


@pytest.mark.parametrize("weight", ["", "-1", "101", "beaucoup", '"><b>'])
def test_a_share_that_is_none_is_told_at_its_field_and_kept(
    admin: FlaskClient, asked: list[dict[str, Any]], weight: str
) -> None:
    response = send(admin, "/model/traffic", weight=weight)

    assert response.status_code == 422
    assert "de 0 à 100" in text(response, "#weight-fault")
    field = BeautifulSoup(response.text, "html.parser").select_one("#weight[aria-invalid]")
    assert field is not None
    assert field["value"] == weight
    assert changes(asked) == []


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("model-refused", "ne doit pas être servie"),
        ("no-champion", "aucune version"),
        ("promotion-under-way", "en cours"),
        ("anything", "refuse ce changement"),
    ],
)
def test_what_the_api_refuses_is_told_in_words_with_its_own_beside_them(
    admin: FlaskClient, replies: Replies, kind: str, sentence: str
) -> None:
    replies["/v1/model/rollback"] = 409, {"type": f"urn:cinecote:problem:{kind}", "detail": "no <champion> behind"}

    response = send(admin, "/model/rollback")

    assert response.status_code == 409
    assert sentence in text(response, "#admin .faults")
    assert "no <champion> behind" in text(response, "#admin .faults [lang=en]")
    assert kept(admin) is not None


def test_a_registry_that_is_away_is_a_sentence(admin: FlaskClient, replies: Replies) -> None:
    replies["/v1/model/reload"] = 503, {"type": "urn:cinecote:problem:no-registry"}

    response = send(admin, "/model/reload")

    assert (response.status_code, response.headers["Retry-After"]) == (503, "17")
    assert "Le registre des modèles ne répond pas" in text(response, "#admin .faults")


def test_a_key_that_was_withdrawn_is_forgotten(admin: FlaskClient, replies: Replies) -> None:
    replies["/v1/model/reload"] = 401, {}

    response = send(admin, "/model/reload")

    assert response.status_code == 403
    assert text(response, "#admin label[for=key]")
    assert kept(admin) is None


@pytest.mark.parametrize("form", ["reload", "rollback", "traffic"])
@pytest.mark.parametrize("cookie", [None, "forged", Fernet(Fernet.generate_key()).encrypt(b"cine_x").decode()])
def test_without_a_key_that_the_page_kept_nothing_is_asked_of_the_api(
    browser: FlaskClient, asked: list[dict[str, Any]], form: str, cookie: str | None
) -> None:
    if cookie:
        browser.set_cookie("cinecote-admin", cookie, path="/model")

    response = send(browser, f"/model/{form}", weight="10")

    assert response.status_code == 403
    assert "tapez-la à nouveau" in text(response, "#admin .faults")
    assert changes(asked) == []


def test_after_a_quarter_of_an_hour_the_key_is_no_longer_taken(
    admin: FlaskClient, asked: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    given = token(admin, "/model")
    monkeypatch.setattr("cinecote_web.admin_key._SECONDS", -1)

    assert admin.post("/model/reload", data={"token": given}).status_code == 403
    assert changes(asked) == []


def test_any_replica_with_the_same_secret_takes_the_key_and_no_other_does(api_address: str) -> None:
    with ApiClient(api_address, seconds=5) as api:
        first, second, stranger = (create_app(api, secret=secret).test_client() for secret in (SECRET, SECRET, None))
        send(first, "/model/key", key=ADMIN_KEY)
        cookie = kept(first)
        assert cookie is not None
        for other in (second, stranger):
            other.set_cookie("cinecote-admin", cookie, path="/model")

        assert send(second, "/model/reload").status_code == 303
        assert send(stranger, "/model/reload").status_code == 403


def test_signing_out_ends_the_cookie(admin: FlaskClient) -> None:
    assert send(admin, "/model/forget").status_code == 303

    assert kept(admin) is None
    assert BeautifulSoup(admin.get("/model").text, "html.parser").select_one("#key") is not None


def test_without_a_model_an_admin_may_still_have_one_loaded(admin: FlaskClient, replies: Replies) -> None:
    replies["/v1/model"] = 503, {}

    page = admin.get("/model")

    assert page.status_code == 503
    assert "/model/reload#admin" in page.text


def test_the_address_of_a_form_leads_back_to_the_page(browser: FlaskClient) -> None:
    response = browser.get("/model/rollback?lang=en&when=before")

    assert response.location == "/model?when=before&lang=en#admin"


def test_nothing_is_said_to_be_done_that_is_none_of_ours(see: See) -> None:
    assert see("/model?done=nonsense").select(".done") == []
