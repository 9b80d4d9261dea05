"""The fake TMDB does what the facts say of the real one, and counts what it is asked."""

import gzip
import http.client
import json
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from tests.fake_tmdb.running import TOKEN, FakeTmdb, running

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def tmdb() -> Iterator[FakeTmdb]:
    with running(films=300, limit=1_000, today=TODAY) as server:
        yield server


def ask(tmdb: FakeTmdb, path: str, token: str = TOKEN, **query: object) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(urlsplit(tmdb.url).netloc, timeout=10)
    connection.request("GET", f"{path}?{urlencode(query)}", headers={"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    told = answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    connection.close()
    return told


def found(tmdb: FakeTmdb, path: str, **query: Any) -> dict[str, Any]:
    status, _, body = ask(tmdb, path, **query)
    assert status == 200, body
    return dict(json.loads(body))


@pytest.mark.parametrize(
    ("path", "query", "status", "code"),
    [
        ("/3/discover/movie", {"page": 501}, 400, 22),
        ("/3/discover/movie", {"page": 0}, 400, 22),
        ("/3/movie/changes", {"start_date": "2026-11-01", "end_date": "2026-11-16"}, 422, 20),
        ("/3/movie/1999999999", {}, 404, 34),
        ("/3/movie/2", {"append_to_response": ",".join("x" * 21)}, 400, 27),
    ],
)
def test_what_tmdb_refuses_is_refused_with_its_status_and_code(
    tmdb: FakeTmdb, path: str, query: dict[str, Any], status: int, code: int
) -> None:
    told, _, body = ask(tmdb, path, **query)

    assert (told, json.loads(body)["status_code"], json.loads(body)["success"]) == (status, code, False)


def test_without_the_right_bearer_nothing_is_told(tmdb: FakeTmdb) -> None:
    status, _, body = ask(tmdb, "/3/movie/2", token="another")

    assert (status, json.loads(body)["status_code"]) == (401, 7)


def test_a_list_has_20_films_a_page_and_only_those_that_fit(tmdb: FakeTmdb) -> None:
    query: dict[str, Any] = {
        "vote_count.gte": 50,
        "primary_release_date.gte": "1990-01-01",
        "sort_by": "primary_release_date.asc",
    }

    page = found(tmdb, "/3/discover/movie", page=2, **query)

    assert (page["page"], len(page["results"])) == (2, 20)
    assert page["total_pages"] == -(-page["total_results"] // 20)
    days = [film["release_date"] for film in page["results"]]
    assert days == sorted(days)
    assert days[0] >= "1990-01-01"
    assert not [film for film in page["results"] if film["adult"] or film["video"] or "revenue" in film]


def test_the_file_of_ids_is_one_object_a_line_kept_three_months(tmdb: FakeTmdb) -> None:
    status, _, body = ask(tmdb, "/p/exports/movie_ids_11_23_2026.json.gz")

    lines = [json.loads(line) for line in gzip.decompress(body).splitlines()]
    assert (status, {line["id"] for line in lines}) == (200, set(tmdb.films()))
    assert set(lines[0]) == {"id", "original_title", "popularity", "adult", "video"}
    assert ask(tmdb, "/p/exports/movie_ids_08_01_2026.json.gz")[0] == 404


def test_changes_are_those_of_the_days_asked_for(tmdb: FakeTmdb) -> None:
    film_id = min(tmdb.films())
    tmdb.control("edit", id=film_id, facts={"runtime": 91})

    window = {"start_date": "2026-11-23", "end_date": "2026-11-24"}
    assert film_id in {row["id"] for row in found(tmdb, "/3/movie/changes", **window)["results"]}
    before = {"start_date": "2026-11-20", "end_date": "2026-11-23"}
    assert film_id not in {row["id"] for row in found(tmdb, "/3/movie/changes", **before)["results"]}


def test_one_request_too_many_in_a_second_is_refused_and_counted() -> None:
    with running(films=5, limit=3) as tmdb:
        told = [ask(tmdb, "/3/configuration") for _ in range(4)]

        assert [status for status, _, _ in told] == [200, 200, 200, 429]
        assert json.loads(told[3][2])["status_code"] == 25
        assert (tmdb.report()["peak"], tmdb.report()["over"]) == (4, 1)


def test_who_asks_while_told_to_be_silent_is_counted() -> None:
    with running(films=5, limit=100, penalties=1) as tmdb:
        status, headers, _ = ask(tmdb, "/3/configuration")
        assert (status, headers["retry-after"]) == (429, "1")
        tmdb.control("mood", penalties=0, retry_after=1)

        while not tmdb.report()["impolite"] and ask(tmdb, "/3/configuration")[0] == 429:
            pass

        assert tmdb.report()["impolite"] == 1
