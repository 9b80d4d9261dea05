from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Select
from starlette.testclient import TestClient

from cinecote_api.films.query import SORTS
from cinecote_api.schemas import FilmAndTraining

INPUTS = "revenue, budget, vote_count, runtime, release_year"
TITLES = {
    "100% cachemire", "Amélie", "Die Straße", "It", "It Follows", "Italia", "L'Été en pente douce", "L'Œuvre au noir",
    "Up", "Wall·E", "Who?", "Москва слезам не верит", "千と千尋の神隠し",
}  # fmt: skip


def test_a_film_is_shown_whole(client: TestClient, add_film: Callable[..., int]) -> None:
    film_id = add_film(
        "Le Fabuleux Destin d'Amélie Poulain",
        release_date=date(2001, 4, 25),
        revenue=173_921_954,
        budget=10_000_000,
        runtime=122,
        vote_count=11_000,
        vote_average=7.9,
        genres=["Comedy", "Romance"],
    )

    answer = client.get(f"/v1/films/{film_id}")

    assert answer.status_code == 200
    assert answer.json() == {
        "id": film_id,
        "title": "Le Fabuleux Destin d'Amélie Poulain",
        "release_date": "2001-04-25",
        "revenue": 173_921_954,
        "budget": 10_000_000,
        "runtime": 122,
        "vote_count": 11_000,
        "vote_average": 7.9,
        "category": "bien",
        "genres": ["Comedy", "Romance"],
        "source": "sample",
        "fetched_at": "2026-11-01T08:30:00.250000Z",
        "training": None,
    }


def test_unknown_facts_are_null(client: TestClient, add_film: Callable[..., int]) -> None:
    film_id = add_film("Perdu")

    answer = client.get(f"/v1/films/{film_id}")

    FilmAndTraining.model_validate_json(answer.content, strict=True)
    unknown = ("release_date", "revenue", "budget", "runtime", "vote_count", "vote_average", "category")
    assert {answer.json()[name] for name in unknown} == {None}


@pytest.mark.parametrize(
    ("rating", "votes", "category"),
    [
        (5.99, 50, "médiocre"),
        (6.0, 50, "moyen"),
        (6.99, 50, "moyen"),
        (7.0, 50, "bien"),
        (7.0, 49, None),
        (7.0, None, None),
        (None, 50, None),
    ],
)
def test_a_category_asks_for_enough_votes(
    client: TestClient, add_film: Callable[..., int], rating: float | None, votes: int | None, category: str | None
) -> None:
    film_id = add_film("Un film", vote_average=rating, vote_count=votes)

    shown = client.get(f"/v1/films/{film_id}").json()["category"]
    found = [name for name in ("médiocre", "moyen", "bien") if _ids(client, category=name)]

    assert shown == category
    assert found == ([category] if category else [])


@pytest.mark.parametrize("film_id", ["0", "999", "-1", "1.0", "abc", "٣", "9" * 19, "9" * 30, "1%00", "%F0%9F%8E%AC"])
def test_a_film_that_is_not_there_is_not_found(client: TestClient, film_id: str) -> None:
    answer = client.get(f"/v1/films/{film_id}")

    assert answer.status_code == 404
    assert answer.json()["type"] == "urn:cinecote:problem:not-found"


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("amelie", {"Amélie"}),
        ("AMÉL", {"Amélie"}),
        ("oeuvre", {"L'Œuvre au noir"}),
        ("noir oeuv", {"L'Œuvre au noir"}),
        ("noir amelie", set()),
        ("it", {"It", "It Follows"}),
        ("up", {"Up"}),
        ("who", {"Who?"}),
        ("L'Été", {"L'Été en pente douce"}),
        ("wall e", {"Wall·E"}),
        ("Wall·E", {"Wall·E"}),
        ("Œuvre", {"L'Œuvre au noir"}),
        ("Straße", {"Die Straße"}),
        ("STRASSE", {"Die Straße"}),
        ("l'été", {"L'Été en pente douce"}),
        ("100%", {"100% cachemire"}),
        ("%", set()),
        ("_", set()),
        ("a_b", set()),
        ("' OR 1=1 --", set()),
        ("москва", {"Москва слезам не верит"}),
        ("千と", {"千と千尋の神隠し"}),
        ("", TITLES),
        ("ital", {"Italia"}),
    ],
)  # fmt: skip
def test_each_word_of_a_search_begins_a_word_of_the_title(
    client: TestClient, add_film: Callable[..., int], search: str, found: set[str]
) -> None:
    for title in sorted(TITLES):
        add_film(title)

    page = client.get("/v1/films", params={"search": search}).json()

    assert {film["title"] for film in page["films"]} == (found | {"Italia"} if search == "it" else found)


def test_a_long_word_is_found_by_its_beginning(client: TestClient, add_film: Callable[..., int]) -> None:
    film_id = add_film("x" * 100)

    assert _ids(client, search="x" * 90) == [film_id]


def test_a_search_of_many_words_is_answered(client: TestClient, add_film: Callable[..., int]) -> None:
    letters = [chr(code) for code in range(ord("а"), ord("а") + 32)] + [chr(c) for c in range(ord("a"), ord("z") + 1)]
    words = " ".join([*letters, *"0123456789", *[chr(code) for code in range(0x4E00, 0x4E00 + 32)]])
    film_id = add_film(words)

    assert _ids(client, search=words) == [film_id]


def test_filters_narrow_the_films(client: TestClient, add_film: Callable[..., int]) -> None:
    old = add_film("Vieux", release_date=date(1950, 12, 31), revenue=1_000_000, source="csv")
    new = add_film("Neuf", release_date=date(1951, 1, 1), revenue=2_000_000, runtime=90)
    undated = add_film("Sans date", runtime=80)

    assert _ids(client, year_max=1950) == [old]
    assert _ids(client, year_min=1951) == [new]
    assert _ids(client, year_min=1950, year_max=1951) == [old, new]
    assert _ids(client, known="revenue") == [old, new]
    assert _ids(client, known="revenue,runtime") == [new]
    assert _ids(client, known="release_year") == [old, new]
    assert _ids(client, source="csv") == [old]
    assert _ids(client, source="CSV") == []
    assert _ids(client) == [old, new, undated]


def test_films_are_counted_when_asked_for(
    client: TestClient, add_film: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        add_film(f"Film {number}")

    uncounted = client.get("/v1/films").json()
    counted = client.get("/v1/films", params={"count": "true", "limit": 1}).json()
    monkeypatch.setattr("cinecote_api.films.shelf.COUNTED_FILMS", 3)
    past_the_bound = client.get("/v1/films", params={"count": "true", "search": "film"}).json()

    assert "total" not in uncounted
    assert (counted["total"], counted["total_is_lower_bound"]) == (4, False)
    assert (past_the_bound["total"], past_the_bound["total_is_lower_bound"]) == (3, True)


@pytest.mark.parametrize(
    ("query", "pointer", "detail"),
    [
        ("limit=0", "?limit", "must be at least 1"),
        ("limit=201", "?limit", "must be at most 200"),
        ("limit=ten", "?limit", "must be a whole number"),
        ("limit=1.5", "?limit", "must be a whole number"),
        ("limit=" + "9" * 5_000, "?limit", "must be a whole number"),
        ("sort=id", "?sort", f"must be one of {', '.join(SORTS)}, or one with - before it"),
        ("sort=--title", "?sort", f"must be one of {', '.join(SORTS)}, or one with - before it"),
        ("category=good", "?category", "must be one of médiocre, moyen, bien"),
        ("year_min=0", "?year_min", "must be at least 1"),
        ("year_max=9999", "?year_max", "must be at most 9998"),
        ("known=title", "?known", f"must be one or more of {INPUTS}, with commas between"),
        ("known=revenue,", "?known", f"must be one or more of {INPUTS}, with commas between"),
        ("known=revenue%0A", "?known", f"must be one or more of {INPUTS}, with commas between"),
        ("count=perhaps", "?count", "must be true or false"),
        ("cursor=abc", "?cursor", "is not a cursor of this query"),
        ("cursor=%C3%A9", "?cursor", "is not a cursor of this query"),
        ("page=2", "?page", "is not a parameter"),
        ("search=" + "a" * 201, "?search", "must have at most 200 characters"),
        (f"{'p' * 100}=1", f"?{'p' * 64}…", "is not a parameter"),
    ],
)
def test_a_parameter_that_can_not_be_used_is_named(client: TestClient, query: str, pointer: str, detail: str) -> None:
    answer = client.get(f"/v1/films?{query}")

    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"pointer": pointer, "detail": detail}]


def test_a_search_that_takes_too_long_is_given_up(
    client: TestClient, endless: Select[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cinecote_api.films.shelf.page_keys", lambda connection, *_: connection.execute(endless).all())

    answer = client.get("/v1/films")
    following = client.get("/v1/films/1")

    assert (answer.status_code, answer.json()["type"]) == (503, "urn:cinecote:problem:query-too-slow")
    assert int(answer.headers["Retry-After"]) > 0
    assert following.status_code in (200, 404)


def test_without_tables_films_are_unavailable_and_predictions_unaffected(
    make_client: Callable[..., TestClient], tmp_path: Path
) -> None:
    with make_client(tmp_path) as client:
        missing = client.get("/v1/films")
        (tmp_path / "cinecote.db").touch()
        unmigrated = client.get("/v1/films/1")

        assert [missing.status_code, unmigrated.status_code] == [503, 503]
        assert {answer.json()["type"] for answer in (missing, unmigrated)} == {"urn:cinecote:problem:no-database"}
        assert int(missing.headers["Retry-After"]) > 0
        assert client.get("/readyz").json()["type"] == "urn:cinecote:problem:no-model"


def _ids(client: TestClient, **query: object) -> list[int]:
    answer = client.get("/v1/films", params={key: str(value) for key, value in query.items()})
    assert answer.status_code == 200, answer.text
    return [film["id"] for film in answer.json()["films"]]
