import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

import cinecote_web
from cinecote.attribution import TMDB_NOTICE

See = Callable[..., BeautifulSoup]
AVATAR = "/?film=19995&revenue=2923706026&budget=237000000&vote_count=31000&runtime=162"
PAGES = [
    ("/", 200),
    (AVATAR, 200),
    ("/?vote_count=510", 200),
    ("/?vote_count=510&along=vote_count", 200),
    ("/?vote_count=510&along=nonsense", 200),
    ("/?revenue=x&budget=-1", 422),
    ("/?revenue=", 422),
    ("/?when=before", 200),
    ("/?when=before&budget=30+M&runtime=121&release_year=2027&along=release_year", 200),
    ("/?when=before&release_year=2027", 422),
    ("/films", 200),
    ("/films?search=alert", 200),
    ("/films?category=bien&sort=title", 200),
    ("/films?year_min=x", 422),
    ("/films/19995", 200),
    ("/films/8", 200),
    ("/films/0", 404),
    ("/batch", 200),
    ("/batch?when=before", 200),
    ("/model", 200),
    ("/model?when=before", 200),
    ("/charts", 200),
    ("/charts/films-by-year-and-category", 200),
    ("/charts/films-by-year-and-category?year_min=x", 422),
    ("/charts/unknown-inputs-by-source", 200),
    ("/charts/votes-by-moon", 200),
    ("/films?cursor=forged", 422),
    ("/?film=0", 404),
    ("/nowhere", 404),
]
POSTING = {"/batch", "/batch?when=before", "/model", "/model?when=before"}
"""The pages with a form that is posted: the others bring no cookie."""

LOADED = "link[href], img[src], script[src]"
every_page = pytest.mark.parametrize(("address", "status"), PAGES)
in_each_language = pytest.mark.parametrize("lang", ["fr", "en"])


def opened(see: See, address: str, status: int, lang: str) -> BeautifulSoup:
    return see(f"{address}{'&' if '?' in address else '?'}lang={lang}", status)


@every_page
@in_each_language
def test_a_page_has_its_language_one_title_and_its_landmarks(see: See, address: str, status: int, lang: str) -> None:
    page = opened(see, address, status, lang)

    assert page.html is not None
    assert page.html["lang"] == lang
    for landmark in ("h1", "main", "body > header", "body > footer", "head > title"):
        assert len(page.select(landmark)) == 1, landmark
    assert page.select_one("a.skip")["href"] == f"#{page.select_one('main')['id']}"  # type: ignore[index]
    assert "width=device-width" in str(page.select_one("meta[name=viewport]"))


@every_page
@in_each_language
def test_every_page_says_what_tmdb_asks_to_be_said_in_its_own_words(
    see: See, address: str, status: int, lang: str
) -> None:
    said = opened(see, address, status, lang).select_one("body > footer [lang=en]")

    assert said is not None
    assert said.text == TMDB_NOTICE


@every_page
@in_each_language
def test_every_reference_within_a_page_leads_somewhere(see: See, address: str, status: int, lang: str) -> None:
    page = opened(see, address, status, lang)

    ids = [str(element["id"]) for element in page.select("[id]")]
    named = [
        name
        for attribute in ("aria-describedby", "aria-labelledby", "for")
        for element in page.select(f"[{attribute}]")
        for name in " ".join(element.get_attribute_list(attribute)).split()
    ]
    jumps = [str(link["href"])[1:] for link in page.select('a[href^="#"]')]
    assert len(ids) == len(set(ids))
    assert set(named + jumps) <= set(ids)


@every_page
@in_each_language
def test_every_visible_input_has_a_label(see: See, address: str, status: int, lang: str) -> None:
    page = opened(see, address, status, lang)

    for field in page.select("input:not([type=hidden]), select"):
        assert page.select_one(f'label[for="{field["id"]}"]') is not None


@every_page
@in_each_language
def test_headings_never_skip_a_level(see: See, address: str, status: int, lang: str) -> None:
    levels = [int(str(heading.name)[1]) for heading in opened(see, address, status, lang).select("h1, h2, h3, h4")]

    assert levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


@every_page
def test_a_page_has_no_inline_script_no_inline_style_and_no_other_host(see: See, address: str, status: int) -> None:
    page = see(address, status)

    assert page.select("script:not([src]), style, [style], iframe, object, base") == []
    assert not [name for element in page.find_all(True) for name in element.attrs if name.startswith("on")]
    for element in page.select("[href], [src], [action]"):
        target = str(element.get("href") or element.get("src") or element.get("action"))
        assert re.match(r"[/#](?!/)", target), target


@every_page
def test_every_answer_carries_the_security_headers(browser: FlaskClient, address: str, status: int) -> None:
    headers = browser.get(address).headers

    assert headers["Content-Security-Policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert ("Set-Cookie" in headers) is (address in POSTING)


def test_what_a_page_loads_is_there(browser: FlaskClient, see: See) -> None:
    for element in [*see("/").select(LOADED), *see("/batch").select(LOADED)]:
        address = str(element.get("href") or element.get("src"))
        with browser.get(address) as response:
            assert response.status_code == 200, address


def test_a_page_is_light(browser: FlaskClient, see: See) -> None:
    loaded = {str(element.get("href") or element.get("src")) for element in see(AVATAR).select("link, img, script")}

    total = 0
    for address in {AVATAR, *loaded}:
        with browser.get(address) as response:
            total += len(response.data)
    assert total < 100_000


def test_every_style_sheet_is_loaded(see: See) -> None:
    stored = {path.name for path in (Path(cinecote_web.__file__).parent / "static").glob("*.css")}

    assert {str(sheet["href"]).rpartition("/")[2] for sheet in see("/").select("[rel=stylesheet]")} == stored


@pytest.mark.parametrize(("method", "status"), [("POST", 405), ("PUT", 405), ("DELETE", 405), ("HEAD", 200)])
def test_a_method_that_the_page_does_not_take_is_refused_with_those_that_it_takes(
    browser: FlaskClient, method: str, status: int
) -> None:
    response = browser.open("/", method=method)

    assert response.status_code == status
    assert status == 200 or "GET" in response.headers["Allow"]
