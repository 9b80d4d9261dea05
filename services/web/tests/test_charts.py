from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from cinecote_web.bar_chart import bar_chart, marks
from cinecote_web.drawings import Drawing
from cinecote_web.query_answers import QueryTable

See = Callable[..., BeautifulSoup]
BY_YEAR = "/charts/films-by-year-and-category"


def text(page: BeautifulSoup, selector: str) -> str:
    found = page.select_one(selector)
    assert found is not None, selector
    return " ".join(found.get_text(" ", strip=True).split())


def test_every_query_of_the_api_is_offered_those_that_are_drawn_first(see: See) -> None:
    page = see("/charts")

    links = page.select(".chart-list a")
    assert [link.get_text() for link in links] == [
        "Les films par année et catégorie",
        "Chiffres manquants, par origine",
        "Les dernières collectes et les derniers entraînements",
        "Votes by <moon>",
    ]
    for link in links:
        see(str(link["href"]))


def test_bars_are_as_long_as_what_they_show_and_stand_on_each_other(see: See) -> None:
    page = see(BY_YEAR)

    bars = page.select(".drawn-bar")
    heights = [[float(str(box["height"])) for box in bar.select("rect")] for bar in bars]
    assert [len(boxes) for boxes in heights] == [3, 1, 1]
    assert heights[0][1] / heights[0][0] == pytest.approx(2, rel=0.01)
    assert heights[2][0] / heights[0][1] == pytest.approx(1234 / 20, rel=0.01)
    lower, upper = bars[0].select("rect")[:2]
    assert float(str(upper["y"])) + heights[0][1] == pytest.approx(float(str(lower["y"])), abs=0.02)
    assert [str(box["class"][0]) for box in bars[0].select("rect")] == ["bar-mediocre", "bar-moyen", "bar-bien"]


def test_a_chart_is_told_in_words_and_by_a_table_beneath(see: See) -> None:
    page = see(BY_YEAR)

    drawn = page.select_one("svg.drawn[role=img]")
    assert drawn is not None
    assert text(page, "#chart-title") == "Les films par année et catégorie"
    assert "3 barres" in text(page, "#chart-description").replace("\u202f", " ")
    assert "2001, avec 1 234" in text(page, "#chart-description").replace("\u202f", " ")
    rows = [[cell.get_text(strip=True) for cell in row.select("td")] for row in page.select("tbody tr")]
    assert rows[0] == ["1999", "médiocre", "10"]
    assert rows[-1] == ["2001", "moyen", "1\u202f234"]


def test_categories_stand_in_their_order_and_lying_bars_the_longest_first() -> None:
    rows = [["War", "bien", 5], ["War", "médiocre", 2], ["Drama", "moyen", 9]]
    table = QueryTable.model_validate({"columns": ["genre", "category", "films"], "rows": rows, "truncated": False})

    chart = bar_chart(table, Drawing("genre", ("films",), parts="category", lying=True))

    assert chart is not None
    assert [bar.label for bar in chart.bars] == ["Drama", "War"]
    assert [(part.series, part.start) for part in chart.bars[1].parts] == [("médiocre", 0), ("bien", 2)]


def test_several_measures_have_a_bar_each(see: See) -> None:
    labels = [label.get_text() for label in see("/charts/unknown-inputs-by-source").select(".drawn-bar > text")]

    assert labels[0] == "Recettes inconnues · sample"
    assert len(labels) == 5


def test_a_query_that_nobody_has_drawn_yet_is_its_table(see: See) -> None:
    page = see("/charts/votes-by-moon")

    assert page.select("svg.drawn") == []
    assert text(page, "h1") == "Votes by <moon>"
    assert [heading.get_text() for heading in page.select("thead th")] == ["Titre", "moon"]
    assert page.select("tbody a")[0]["href"] == "/films/19995"
    assert [cell.get_text() for cell in page.select("tbody td")] == ["<b>Avatar</b>", "–"]


def test_moments_are_written_as_the_language_does(see: See) -> None:
    assert "23 nov. 2026, 20:01:14 UTC" in text(see("/charts/job-runs"), "tbody tr")


def test_parameters_are_passed_on_and_stay_in_the_form_and_in_the_file_s_address(
    see: See, asked: list[dict[str, Any]]
) -> None:
    page = see(f"{BY_YEAR}?year_min=1995&nonsense=1")

    assert asked[-1]["year_min"] == "1995"
    assert "nonsense" not in asked[-1]
    assert page.select_one("#year_min[value='1995']") is not None
    assert page.select("a[download]")[0]["href"] == f"{BY_YEAR}.csv?year_min=1995"


def test_a_parameter_that_the_api_refuses_is_told_at_its_field(see: See) -> None:
    page = see(f"{BY_YEAR}?year_min=hier", 422)

    assert text(page, "#year_min-fault") == "Écrivez un nombre entier de 1888 à 2100."
    assert page.select_one("#year_min[aria-invalid][value=hier]") is not None
    assert page.select("table") == []


def test_the_csv_is_the_api_s_own_byte_for_byte(browser: FlaskClient, asked: list[dict[str, Any]]) -> None:
    response = browser.get(f"{BY_YEAR}.csv?year_min=1995")

    assert response.data.decode() == (
        "year,category,films\n1999,médiocre,10\n1999,moyen,20\n1999,bien,13\n2000,bien,8\n2001,moyen,1234\n"
    )
    assert response.content_type == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="films-by-year-and-category.csv"'
    assert asked[-1]["year_min"] == "1995"


@pytest.mark.parametrize("address", ["/charts/nothing", "/charts/nothing.csv"])
def test_a_query_that_is_not_there_is_not_found(see: See, address: str) -> None:
    see(address, 404)


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("/v1/queries", "/charts"),
        ("/v1/queries", BY_YEAR),
        ("/v1/queries/films-by-year-and-category", BY_YEAR),
        ("/v1/queries/films-by-year-and-category", f"{BY_YEAR}.csv"),
    ],
)
def test_charts_say_when_the_database_is_away(
    see: See, replies: dict[str, tuple[int, object]], path: str, address: str
) -> None:
    replies[path] = 503, {}

    assert "La base de films n’est pas disponible" in see(address, 503).get_text()


def test_a_bad_parameter_of_a_file_is_a_page_that_says_so(see: See) -> None:
    see(f"{BY_YEAR}.csv?year_min=hier", 422)


@pytest.mark.parametrize(
    ("longest", "expected"),
    [
        (1, (0, 0.2, 0.4, 0.6, 0.8, 1.0)),
        (1234, (0, 500, 1000, 1500)),
        (61.3, (0, 20, 40, 60, 80)),
        (3e8, (0, 1e8, 2e8, 3e8)),
    ],
)
def test_marks_are_round_and_reach_the_longest_bar(longest: float, expected: tuple[float, ...]) -> None:
    assert marks(longest) == pytest.approx(expected)


@pytest.mark.parametrize(
    "rows", [[], [[1990, None]], [[1990, 0]], [[year, 1] for year in range(300)]], ids=["none", "null", "zero", "many"]
)
def test_what_cannot_be_drawn_is_not_drawn(rows: list[Any]) -> None:
    table = QueryTable.model_validate({"columns": ["year", "films"], "rows": rows, "truncated": False})

    assert bar_chart(table, Drawing("year", ("films",))) is None
    assert bar_chart(table, Drawing("decade", ("films",))) is None


@pytest.mark.parametrize(
    ("address", "place", "name"),
    [
        ("/charts", "page", "Graphiques"),
        ("/charts/films-by-year-and-category", "true", "Graphiques"),
        ("/films/19995", "true", "Les films"),
    ],
)
def test_the_menu_shows_what_a_page_is_part_of(see: See, address: str, place: str, name: str) -> None:
    (present,) = see(address).select(".masthead [aria-current]")

    assert (present["aria-current"], present.get_text()) == (place, name)
