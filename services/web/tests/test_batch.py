import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cinecote.film_table import LARGEST_TABLE
from cinecote_web.language import load_languages
from cinecote_web.row_faults import told
from cinecote_web.scored_table import read_scored

from .forms import token

See = Callable[..., BeautifulSoup]
TABLE = "title,vote_count,budget\nA,31000,1e7\nB,20,\nC,,cher\nD,,\nE,510,5e6\n"
TOKEN = b'--x\r\nContent-Disposition: form-data; name="token"\r\n\r\n%b\r\n'
FILE = b'--x\r\nContent-Disposition: form-data; name="films"; filename="a"\r\n\r\nbudget\n'


def send(
    browser: FlaskClient, content: bytes | str, address: str = "/batch", order: str = "file", **options: Any
) -> TestResponse:
    data = content.encode() if isinstance(content, str) else content
    form = {"token": token(browser), "order": order, "films": (io.BytesIO(data), "films.csv")}
    return browser.post(address, data=form, content_type="multipart/form-data", **options)


def written(browser: FlaskClient, file: bytes) -> dict[str, Any]:
    """A form as a browser writes it, with this end."""
    data = TOKEN % token(browser).encode() + file
    return {"data": data, "content_type": "multipart/form-data; boundary=x"}


def seen(response: TestResponse, status: int = 200) -> BeautifulSoup:
    assert response.status_code == status, response.text
    return BeautifulSoup(response.text, "html.parser")


def plain(text: str) -> str:
    return " ".join(text.replace("\u202f", " ").split())


def test_a_table_is_read_counted_and_its_faults_told_by_line(browser: FlaskClient) -> None:
    page = seen(send(browser, TABLE))

    assert plain(page.select_one("#result h2").get_text()) == "Films lus : 5"  # type: ignore[union-attr]
    counts = {str(figure["data-category"]): str(figure["value"]) for figure in page.select("#result data")}
    assert counts == {"bien": "1", "moyen": "1", "médiocre": "1"}
    assert [plain(fault.get_text()) for fault in page.select(".row-faults li")] == [
        "Ligne 4 : Budget, écrivez un nombre sans espace ni virgule, comme 1500000.",
        "Ligne 5 : indiquez au moins une des quatre valeurs.",
    ]
    assert [row.td.get_text() for row in page.select(".scored-row")] == list("ABCDE")  # type: ignore[union-attr]


@pytest.mark.parametrize(("order", "first"), [("bien", "A"), ("mediocre", "B"), ("doubt", "E"), ("nonsense", "A")])
def test_rows_are_shown_in_the_order_that_is_asked_for(browser: FlaskClient, order: str, first: str) -> None:
    page = seen(send(browser, TABLE, order=order))

    assert page.select(".scored-row td")[0].get_text() == first


def test_the_table_reaches_the_api_byte_for_byte(browser: FlaskClient, asked: list[dict[str, Any]]) -> None:
    content = b"\xef\xbb\xbftitle;vote_count\r\n" + "Été\r\n--x;12;\r\n".encode() + b'"a\r\n\r\nb";5' * 30_000

    send(browser, content)

    assert asked[-1]["body"] == content
    assert asked[-1]["headers"]["Content-Type"] == "text/csv"


def test_the_scored_file_is_the_api_s_own(browser: FlaskClient) -> None:
    response = send(browser, TABLE, "/batch/scored.csv")

    rows = list(csv.DictReader(io.StringIO(response.text)))
    assert [row["category"] for row in rows] == ["bien", "médiocre", "", "", "moyen"]
    assert rows[2]["error"] == "line 4: budget must be a number"
    assert response.headers["Content-Disposition"] == 'attachment; filename="films-cinecote.csv"'


def test_a_hundred_thousand_rows_are_read_and_the_first_ones_shown(
    browser: FlaskClient, replies: dict[str, tuple[int, object]]
) -> None:
    row = b"A,500,moyen,true,0.1,0.8,0.1,\n"
    replies["/v1/predictions/batch"] = (
        200,
        b"title,vote_count,category,certain,p_mediocre,p_moyen,p_bien,error\n" + (row * 100_000),
    )

    page = seen(send(browser, "vote_count\n5\n"))

    assert plain(page.select_one("#result h2").get_text()) == "Films lus : 100 000"  # type: ignore[union-attr]
    assert len(page.select(".scored-row")) == 50


def test_a_table_without_rows_is_read_as_such(browser: FlaskClient) -> None:
    page = seen(send(browser, "title,budget\n"))

    assert plain(page.select_one("#result h2").get_text()) == "Films lus : 0"  # type: ignore[union-attr]


def test_a_table_that_the_api_refuses_says_why(browser: FlaskClient) -> None:
    page = seen(send(browser, "name,age\nA,5\n"), 422)

    assert "il faut au moins une des colonnes" in page.select_one(".faults").get_text()  # type: ignore[union-attr]


@pytest.mark.parametrize("address", ["/batch?when=before", "/batch/scored.csv?when=before"])
def test_a_table_of_films_before_their_release_is_scored_by_their_model(
    browser: FlaskClient, asked: list[dict[str, Any]], address: str
) -> None:
    table = "title,budget,runtime\nA,1e7,121\n"

    answer = send(browser, table, address)

    assert (answer.status_code, asked[-1]["when"], asked[-1]["body"]) == (200, "before", table.encode())


def test_the_form_before_the_release_asks_for_what_is_known_then_and_stays_there(see: See) -> None:
    page = see("/batch?when=before&lang=en")

    assert [code.get_text() for code in page.select(".batch-form code")] == ["budget", "runtime", "release_year"]
    form = page.select_one(".batch-form")
    assert form is not None
    ways = [str(form["action"]), str(form.select("[formaction]")[0]["formaction"]), str(form.select("a")[0]["href"])]
    assert all("when=before" in way and "lang=en" in way for way in ways)
    assert [str(link["data-when"]) for link in page.select(".moment[aria-current]")] == ["before"]
    assert "when=before" in str(page.select(".languages a")[0]["href"])


@pytest.mark.parametrize(
    ("detail", "pointer", "sentence"),
    [
        ("is not known before the release", "/revenue", "Recettes mondiales, n’existe pas avant la sortie"),
        ("at least one of the columns budget, runtime is needed", "", "la colonne du budget ou celle de la durée"),
    ],
)
def test_a_table_that_can_not_be_of_films_before_their_release_says_why(
    browser: FlaskClient, replies: dict[str, tuple[int, object]], detail: str, pointer: str, sentence: str
) -> None:
    replies["/v1/predictions/batch"] = 422, {"errors": [{"pointer": pointer, "detail": detail}]}

    page = seen(send(browser, TABLE, "/batch?when=before"), 422)

    assert sentence in plain(page.select_one(".faults").get_text())  # type: ignore[union-attr]
    assert page.select_one(".moment[aria-current]")["data-when"] == "before"  # type: ignore[index]


def test_without_a_model_for_films_before_their_release_the_page_says_so(
    browser: FlaskClient, replies: dict[str, tuple[int, object]]
) -> None:
    replies["/v1/predictions/batch"] = 409, {"type": "urn:cinecote:problem:no-such-model"}

    assert "Aucun modèle d’avant la sortie" in seen(send(browser, TABLE, "/batch?when=before"), 503).get_text()


@pytest.mark.parametrize("address", ["/batch", "/batch/scored.csv"])
def test_a_form_without_a_file_says_so(browser: FlaskClient, asked: list[dict[str, Any]], address: str) -> None:
    assert "Choisissez d’abord" in seen(send(browser, b"", address), 422).get_text()
    assert "Choisissez d’abord" in seen(browser.post(address, **written(browser, b"--x--\r\n")), 422).get_text()
    assert asked == []


@pytest.mark.parametrize("address", ["/batch", "/batch/scored.csv"])
@pytest.mark.parametrize(
    "content", [b"PK\x03\x04\x14\x00\x06\x00", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"], ids=["xlsx", "xls"]
)
def test_a_workbook_is_told_apart_and_how_to_make_a_csv_of_it(
    browser: FlaskClient, asked: list[dict[str, Any]], address: str, content: bytes
) -> None:
    page = seen(send(browser, content, address), 422)

    assert "enregistrez-le sous « CSV UTF-8 »" in plain(page.select_one(".faults").get_text())  # type: ignore[union-attr]
    assert asked == []


@pytest.mark.parametrize(
    ("status", "detail", "sentence"),
    [
        (400, "the body is not in UTF-8", "il n’est pas en UTF-8. Dans le tableur, enregistrez-le sous « CSV UTF-8 »"),
        (400, "the record on line 7 has a quote or a line end out of place", "à la ligne 7, un guillemet"),
        (413, "a table may have 100000 rows at most", "au plus 100 000 lignes"),
        (413, "a table may have 1000 columns at most", "au plus 1 000 colonnes"),
        (413, "a row may have 100000 characters at most", "une ligne y compte plus de 100 000 caractères"),
    ],
)
def test_a_table_that_can_not_be_read_says_why_in_the_visitor_s_words(
    browser: FlaskClient, replies: dict[str, tuple[int, object]], status: int, detail: str, sentence: str
) -> None:
    replies["/v1/predictions/batch"] = status, {"type": "urn:cinecote:problem:any", "detail": detail}

    page = seen(send(browser, TABLE), 422)

    assert sentence in plain(page.select_one(".faults").get_text())  # type: ignore[union-attr]


def test_a_file_that_is_too_large_is_refused_on_the_way(browser: FlaskClient) -> None:
    body = FILE + b"1" * LARGEST_TABLE + b"\r\n--x--\r\n"

    page = seen(browser.post("/batch", **written(browser, body)), 413)

    assert "au plus 32 Mo" in plain(page.get_text())


def test_a_form_that_is_cut_short_is_not_taken_for_a_whole_table(browser: FlaskClient) -> None:
    page = seen(browser.post("/batch", **written(browser, FILE + b"1\n")), 422)

    assert "pas arrivé en entier" in page.get_text()


@pytest.mark.parametrize(("status", "answer"), [(503, {}), (200, b"<html>"), (200, b""), (500, b"Traceback")])
def test_an_api_without_an_answer_is_a_sentence(
    browser: FlaskClient, replies: dict[str, tuple[int, object]], status: int, answer: object
) -> None:
    replies["/v1/predictions/batch"] = status, answer

    assert "Pas de réponse" in seen(send(browser, TABLE), 503).get_text()


@pytest.mark.parametrize(("lang", "delimiter"), [("fr", ";"), ("en", ",")])
@pytest.mark.parametrize(("query", "first"), [("", "revenue"), ("&when=before", "budget")])
def test_the_template_can_be_sent_as_it_is(
    browser: FlaskClient, lang: str, delimiter: str, query: str, first: str
) -> None:
    template = browser.get(f"/batch/template.csv?lang={lang}{query}")

    assert template.data.decode("utf-8-sig").splitlines()[0].split(delimiter)[:2] == ["title", first]
    page = seen(send(browser, template.data, f"/batch?{query[1:]}"))
    assert [fault.get_text()[:7] for fault in page.select(".row-faults li")] == []
    assert len(page.select(".scored-row")) == 3


def test_what_stands_in_a_table_is_never_taken_for_markup(browser: FlaskClient) -> None:
    page = seen(send(browser, 'title,vote_count\n"<script>x</script>",5\n'))

    assert page.select("#result script") == []
    assert page.select(".scored-row td")[0].get_text() == "<script>x</script>"


def test_another_site_s_page_cannot_have_a_visitor_send_a_table(
    browser: FlaskClient, asked: list[dict[str, Any]]
) -> None:
    response = send(browser, TABLE, headers={"Sec-Fetch-Site": "cross-site"})

    assert response.status_code == 403
    assert asked == []


def test_cells_that_hold_lines_and_delimiters_are_one_cell() -> None:
    answer = 'title;"a,b";category;certain;p_mediocre;p_moyen;p_bien;error\r\n"x\r\ny;z";1;bien;true;0;0;1;\r\n'

    table = read_scored([bytes([byte]) for byte in answer.encode()], "file")

    assert table.columns == ("title", "a,b")
    assert table.rows[0]["title"] == "x\r\ny;z"


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("line 7: runtime must be at most 1000", "Line 7: Running time: the value must be at most 1,000."),
        (
            "line 7: revenue must be at most 1e+11",
            "Line 7: Worldwide revenue: the value must be at most 100,000,000,000.",
        ),
        ("line 7: has 3 cells, where the header has 5", "Line 7: 3 cells instead of 5."),
        ("line 7: budget must be prime", "Line 7: Budget: must be prime"),
        (
            "line 3: at least one of budget, runtime must be known",
            "Line 3: give the budget or the running time at least.",
        ),
        ("anything else", "anything else"),
    ],
)
def test_a_row_s_fault_is_told_in_words_and_as_it_came_where_there_are_none(fault: str, sentence: str) -> None:
    assert told(load_languages()["en"], fault) == sentence
