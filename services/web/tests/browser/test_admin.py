"""What an admin does on the model's page."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .accessibility import faults_in
from .ways import each_two_together

Visit = Callable[..., Page]

WORDS = {
    "fr": {"open": "Ouvrir", "roll back": "Revenir au champion précédent", "set": "Régler la part", "out": "Oublier"},
    "en": {"open": "Open", "roll back": "Go back to the champion", "set": "Set the challenger", "out": "Forget"},
}


@each_two_together
def test_an_admin_types_the_key_once_changes_what_is_served_and_leaves(
    visit: Visit, asked: list[dict[str, Any]], admin_key: str, lang: str, script: bool, viewport: dict[str, int] | None
) -> None:
    options = {"java_script_enabled": script, **({"viewport": viewport} if viewport else {})}
    page = visit(f"/model?lang={lang}", **options)
    words = WORDS[lang]

    page.locator("#key").fill("cine_mistyped")
    page.get_by_role("button", name=words["open"]).click()
    expect(page.locator("#admin .faults")).to_be_visible()
    page.locator("#key").fill(admin_key)
    page.get_by_role("button", name=words["open"]).click()
    page.get_by_role("button", name=words["roll back"]).click()
    expect(page.locator("#admin .done")).to_be_visible()
    page.locator("#weight").fill("many")
    page.get_by_role("button", name=words["set"]).click()
    expect(page.locator("#weight-fault")).to_be_visible()
    page.locator("#weight").fill("10")
    page.get_by_role("button", name=words["set"]).click()
    expect(page.locator("#weight")).to_have_value("10")
    expect(page.locator("#admin .done")).to_be_visible()
    page.get_by_role("button", name=words["out"]).click()

    expect(page.locator("#key")).to_be_visible()
    assert [call["path"] for call in asked if call["headers"].get("Authorization") == f"Bearer {admin_key}"] == [
        "/v1/model/traffic",
        "/v1/model/rollback",
        "/v1/model/traffic",
    ]


@pytest.mark.parametrize(("lang", "scheme", "width"), [("fr", "light", 1280), ("en", "dark", 360)])
def test_axe_finds_nothing_on_what_an_admin_sees(
    visit: Visit, admin_key: str, lang: str, scheme: str, width: int
) -> None:
    page = visit(f"/model?lang={lang}", color_scheme=scheme, viewport={"width": width, "height": 900})
    page.locator("#key").fill(admin_key)
    page.get_by_role("button", name=WORDS[lang]["open"]).click()
    page.locator("#weight").fill("many")
    page.get_by_role("button", name=WORDS[lang]["set"]).click()
    expect(page.locator("#weight-fault")).to_be_visible()

    assert faults_in(page) == ""
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_no_script_can_read_a_cookie_of_ours(visit: Visit, admin_key: str) -> None:
    page = visit("/model")
    page.locator("#key").fill(admin_key)
    page.get_by_role("button", name="Ouvrir").click()

    expect(page.locator("#weight")).to_be_visible()
    assert {cookie["name"] for cookie in page.context.cookies(f"{page.url}/")} >= {"cinecote-form", "cinecote-admin"}
    assert page.evaluate("document.cookie") == ""
