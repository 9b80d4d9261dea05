"""What holds for every page: axe finds nothing, nothing is wider than a phone, nothing comes from elsewhere."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Response

from .accessibility import faults_in

Visit = Callable[..., Page]

AVATAR = "/?film=19995&revenue=2923706026&budget=237000000&vote_count=31000&runtime=162&along=budget"
PAGES = [
    "/",
    AVATAR,
    "/?revenue=x&budget=-1",
    "/?when=before&budget=30+M&runtime=121&release_year=2027&along=release_year",
    "/batch",
    "/batch?when=before",
    "/films?category=bien",
    "/films?year_min=x",
    "/films/19995",
    "/charts",
    "/charts/films-by-year-and-category",
    "/charts/unknown-inputs-by-source",
    "/model",
    "/model?when=before",
    "/nowhere",
]
every_page = pytest.mark.parametrize("address", PAGES)


def in_language(address: str, lang: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}lang={lang}"


@every_page
@pytest.mark.parametrize(("lang", "scheme", "width"), [("en", "light", 1280), ("fr", "dark", 360)])
def test_axe_finds_nothing_and_nothing_but_a_table_or_a_drawing_is_wider_than_the_window(
    visit: Visit, address: str, lang: str, scheme: str, width: int
) -> None:
    page = visit(in_language(address, lang), color_scheme=scheme, viewport={"width": width, "height": 800})

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert faults_in(page) == ""


@every_page
def test_a_page_is_light_and_asks_no_other_host(visit: Visit, served: str, address: str) -> None:
    page = visit("/livez")
    answers: list[Response] = []

    def note(answer: Response) -> None:
        answers.append(answer)

    page.on("response", note)

    page.goto(address, wait_until="networkidle")

    assert {urlsplit(answer.url).netloc for answer in answers} == {urlsplit(served).netloc}
    assert sum(len(answer.body()) for answer in answers) < 100_000
