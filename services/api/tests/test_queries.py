import csv
from collections.abc import Callable
from datetime import date, datetime
from io import StringIO
from typing import Any

import pytest
from sqlalchemy import Engine, Select, insert, select, text
from starlette.testclient import TestClient

from cinecote.settings import LabelSettings
from cinecote.tables import job_runs, rejections
from cinecote_api.queries.catalogue import QUERIES, run
from cinecote_api.queries.query import MOST_ROWS, Query
from cinecote_api.schemas import QueryAnswer, QueryList

NUMBERS = "SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {last}"


@pytest.fixture
def known_films(add_film: Callable[..., int]) -> list[int]:
    """Four films with a category, one with too few votes for one, one of which nothing is known."""
    rated = [
        ("Étoile", date(1994, 5, 1), 9_000_000, 3_000_000, 95, 400, 7.5, ["Drama", "Été"], "sample"),
        ("=1+1", date(1994, 6, 1), 2_000_000, 4_000_000, 101, 90, 6.5, ["Drama"], "sample"),
        ("Nanar", date(2003, 1, 1), None, 1_000_000, 99, 60, 3.0, ["drama"], "csv"),
        ("Suite", date(2004, 1, 1), 6_000_000, 2_000_000, None, 50, 6.0, [], "csv"),
        ("Rare", date(2004, 1, 1), 5_000, None, 100, 3, 9.0, ["Drama"], "csv"),
    ]
    names = ("release_date", "revenue", "budget", "runtime", "vote_count", "vote_average", "genres", "source")
    return [add_film(title, **dict(zip(names, facts, strict=True))) for title, *facts in rated] + [add_film("Perdu")]


def test_each_query_is_listed_with_a_default_within_its_limits(client: TestClient) -> None:
    answer = client.get("/v1/queries")

    shown = QueryList.model_validate_json(answer.content)
    assert len(shown.queries) >= 12
    for query in shown.queries:
        for parameter in query.parameters:
            assert parameter.minimum <= parameter.default <= parameter.maximum


@pytest.mark.parametrize("name", QUERIES)
def test_each_query_answers_with_its_defaults(client: TestClient, known_films: list[int], name: str) -> None:
    answer = client.get(f"/v1/queries/{name}")

    table = QueryAnswer.model_validate_json(answer.content)
    assert (answer.status_code, table.name, table.truncated) == (200, name, False)
    assert all(len(row) == len(table.columns) for row in table.rows)


@pytest.mark.parametrize("name", QUERIES)
def test_each_query_answers_on_an_empty_database(client: TestClient, name: str) -> None:
    answer = client.get(f"/v1/queries/{name}")

    assert (answer.status_code, answer.json()["rows"]) == (200, [])


@pytest.mark.parametrize(
    ("name", "asked", "rows"),
    [
        (
            "films-by-year-and-category",
            {"year_max": 2003},
            [[1994, "moyen", 1], [1994, "bien", 1], [2003, "médiocre", 1]],
        ),
        (
            "genres-by-category",
            {},
            [["Drama", "moyen", 1], ["Drama", "bien", 1], ["drama", "médiocre", 1], ["Été", "bien", 1]],
        ),
        ("runtimes", {"year_min": 1900}, [[90, 2, 5.25], [100, 2, 7.75]]),
        ("votes", {"year_min": 1900}, [[1, 1, 9.0], [10, 3, 15.5 / 3], [100, 1, 7.5]]),
        ("ratings", {}, [[3, 1, 60.0], [6, 2, 70.0], [7, 1, 400.0]]),
        ("returns-by-decade", {}, [[1990, 2, 7_000_000, 11_000_000, 11 / 7], [2000, 1, 2_000_000, 6_000_000, 3.0]]),
        ("budgets-by-year", {"year_max": 2003}, [[1994, 2, 3.5e6, 3_000_000, 4_000_000], [2003, 1, 1e6, 10**6, 10**6]]),
        (
            "categories-by-source",
            {},
            [["csv", "médiocre", 1], ["csv", "moyen", 1], ["sample", "moyen", 1], ["sample", "bien", 1]],
        ),
        ("unknown-inputs-by-source", {}, [["csv", 3, 1, 1, 0, 1, 0], ["sample", 3, 1, 1, 1, 1, 1]]),
    ],
)  # fmt: skip
def test_what_a_query_counts(
    client: TestClient, known_films: list[int], name: str, asked: dict[str, int], rows: list[list[Any]]
) -> None:
    answer = client.get(f"/v1/queries/{name}", params=asked).json()

    assert answer["rows"] == [pytest.approx(row) for row in rows]


def test_the_best_of_each_decade_have_enough_votes(client: TestClient, known_films: list[int]) -> None:
    asked = {"minimum_votes": 50, "films": 1}

    rows = client.get("/v1/queries/best-rated-by-decade", params=asked).json()["rows"]

    assert [row[:4] for row in rows] == [[1990, 1, known_films[0], "Étoile"], [2000, 1, known_films[3], "Suite"]]


def test_the_most_profitable_come_first_and_the_rest_is_told_of(client: TestClient, known_films: list[int]) -> None:
    answer = client.get("/v1/queries/most-profitable", params={"rows": 2}).json()

    assert answer["columns"] == ["id", "title", "release_date", "budget", "revenue", "profit", "returns"]
    assert [row[0] for row in answer["rows"]] == [known_films[0], known_films[3]]
    assert answer["rows"][0][2:] == ["1994-05-01", 3_000_000, 9_000_000, 6_000_000, 3.0]
    assert answer["truncated"] is True


def test_the_jobs_runs_and_rejections_are_told(client: TestClient, database: Engine) -> None:
    moment = datetime.fromisoformat("2026-11-01T08:30:00.250000")
    refused = {"source": "csv", "rule": "title-missing", "field": "title", "raw_row": {}, "rejected_at": moment}
    with database.begin() as connection:
        connection.execute(insert(job_runs).values(job="collect", started_at=moment, status="running", counts={}))
        for line in (1, 2):
            connection.execute(insert(rejections).values(line=line, raw_hash=str(line), **refused))

    runs = client.get("/v1/queries/job-runs").json()["rows"]
    refusals = client.get("/v1/queries/rejections-by-rule").json()["rows"]

    assert runs == [[1, "collect", "running", "2026-11-01T08:30:00.250000Z", None]]
    assert refusals == [["csv", "title-missing", "title", 2, "2026-11-01T08:30:00.250000Z"]]


@pytest.mark.parametrize(
    ("asked", "accept", "as_csv"),
    [
        ({}, "*/*", False),
        ({}, "text/csv", True),
        ({}, "text/csv, */*", True),
        ({}, "application/json, text/csv;q=0.5", False),
        ({}, "text/csv;q=nonsense", False),
        ({"format": "csv"}, "application/json", True),
        ({"format": "json"}, "text/csv", False),
    ],
)
def test_csv_is_given_to_whom_asks_for_it(
    client: TestClient, known_films: list[int], asked: dict[str, str], accept: str, as_csv: bool
) -> None:
    answer = client.get("/v1/queries/newest-films", params=asked, headers={"Accept": accept})

    assert answer.headers["Content-Type"].startswith("text/csv" if as_csv else "application/json")


def test_a_cell_of_csv_is_no_formula_and_an_unknown_one_is_empty(client: TestClient, known_films: list[int]) -> None:
    answer = client.get("/v1/queries/newest-films", params={"format": "csv", "rows": 5})

    header, *rows = csv.reader(StringIO(answer.text))
    assert header == ["id", "title", "release_date", "source", "fetched_at"]
    assert rows[0][1:] == ["Perdu", "", "sample", "2026-11-01T08:30:00.250000Z"]
    assert rows[4][1] == "'=1+1"
    assert answer.headers["X-Truncated"] == "true"


@pytest.mark.parametrize(
    ("asked", "pointer", "detail"),
    [
        ("rows=0", "?rows", "must be at least 1"),
        ("rows=1001", "?rows", "must be at most 1000"),
        ("rows=1.5", "?rows", "must be a whole number"),
        ("rows=", "?rows", "must be a whole number"),
        ("rows=%D9%A3", "?rows", "must be a whole number"),
        ("rows=" + "9" * 400, "?rows", "must be a whole number"),
        ("limit=1", "?limit", "is not a parameter of this query"),
        ("format=xml", "?format", "must be one of json, csv"),
    ],
)
def test_a_parameter_that_can_not_be_used_is_named(client: TestClient, asked: str, pointer: str, detail: str) -> None:
    answer = client.get(f"/v1/queries/newest-films?{asked}")

    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"pointer": pointer, "detail": detail}]


def test_an_unknown_query_is_not_found(client: TestClient) -> None:
    answer = client.get("/v1/queries/drop-table")

    assert (answer.status_code, answer.json()["type"]) == (404, "urn:cinecote:problem:not-found")


def test_a_thousand_rows_are_given_at_most(database: Engine) -> None:
    numbers = text(f"WITH RECURSIVE n(i) AS ({NUMBERS.format(last=MOST_ROWS + 1)}) SELECT i FROM n").columns()
    query = Query("numbers", "Numbers", lambda _labels, _values: select(text("i")).select_from(numbers.subquery("n")))

    with database.connect() as connection:
        if connection.dialect.name == "mysql":
            connection.execute(text("SET SESSION cte_max_recursion_depth = 2000"))
        table = run(connection, query, LabelSettings(), {})

    assert (len(table.rows), table.truncated) == (MOST_ROWS, True)


def test_a_query_that_takes_too_long_is_given_up(
    client: TestClient, endless: Select[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    query = Query("endless", "Endless", lambda _labels, _values: endless)
    monkeypatch.setattr("cinecote_api.routes.queries.QUERIES", {"endless": query})

    answer = client.get("/v1/queries/endless")

    assert (answer.status_code, answer.json()["type"]) == (503, "urn:cinecote:problem:query-too-slow")
    assert int(answer.headers["Retry-After"]) > 0


def test_every_parameter_is_described(client: TestClient) -> None:
    document = client.get("/openapi.json").json()

    for query in QUERIES.values():
        described = document["paths"][f"/v1/queries/{query.name}"]["get"]["parameters"]
        assert [parameter["name"] for parameter in described] == ["format", *(it.name for it in query.parameters)]
    assert "/v1/queries/{name}" not in document["paths"]
