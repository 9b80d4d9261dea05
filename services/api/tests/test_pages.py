import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from cinecote_api.films.cursor import Cursor, write_cursor
from cinecote_api.films.query import SORTS, FilmQuery
from cinecote_api.schemas import FilmsPage

from .fuzzing import many

VALUES: dict[str, list[Any]] = {
    "title": ["Zorro", "amélie", "Amélie", "Éden", "Zorro", "千尋", "Amélie"],
    "release_date": [date(1999, 1, 1), None, date(1960, 5, 2), date(1999, 1, 1), None, date(2020, 2, 29), None],
    "vote_average": [7.1, 0.1 + 0.2, None, 7.1, 10.0, None, 0.3],
    "vote_count": [5, None, 5, 0, 80_000_000, None, 12],
    "revenue": [3_000_000_000, None, 1_000, 3_000_000_000, None, 2_000, 10**11],
    "budget": [None, None, 1_000, 1_000, None, 2_000, 1_000],
    "runtime": [90, 90, 90, None, 240, 1, None],
}


@pytest.mark.parametrize("limit", [1, 2, 3, 200])
@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("column", SORTS)
def test_pages_hold_every_film_once_in_order_the_unknown_last(
    client: TestClient, add_film: Callable[..., int], column: str, sign: str, limit: int
) -> None:
    stored: list[tuple[int, Any]] = []
    for number, value in enumerate(VALUES[column]):
        facts = {column: value} if column == "title" else {"title": f"Film {number}", column: value}
        stored.append((add_film(**facts), value))
    known = sorted(film for film in stored if film[1] is not None)
    known.sort(key=lambda film: film[1], reverse=bool(sign))
    unknown = sorted(film for film in stored if film[1] is None)

    seen = _walk(client, sort=sign + column, limit=limit)

    assert seen == [film_id for film_id, _ in (*known, *unknown)]


def test_a_film_that_comes_in_between_moves_no_other(client: TestClient, add_film: Callable[..., int]) -> None:
    first, second, third = (add_film("Film", vote_count=votes) for votes in (30, 20, 10))
    page = client.get("/v1/films", params={"limit": 2}).json()

    add_film("Nouveau", vote_count=25)
    following = client.get("/v1/films", params={"limit": 2, "cursor": page["next"]}).json()

    assert [film["id"] for film in (*page["films"], *following["films"])] == [first, second, third]


def test_a_page_has_the_documented_shape(client: TestClient, add_film: Callable[..., int]) -> None:
    add_film("Un")
    add_film("Deux")

    page = client.get("/v1/films", params={"limit": 1, "count": "true"})

    FilmsPage.model_validate_json(page.content, strict=True)


@pytest.mark.parametrize("changed", [{"sort": "title"}, {"search": "film"}, {"year_min": 1990}, {"known": "revenue"}])
def test_a_cursor_serves_its_own_query_only(
    client: TestClient, add_film: Callable[..., int], changed: dict[str, Any]
) -> None:
    for votes in (1, 2):
        add_film("Film", vote_count=votes)
    cursor = client.get("/v1/films", params={"limit": 1}).json()["next"]

    own = client.get("/v1/films", params={"limit": 200, "count": "true", "cursor": cursor})
    foreign = client.get("/v1/films", params={"cursor": cursor} | changed)

    assert own.status_code == 200
    assert foreign.status_code == 422
    assert foreign.json()["errors"] == [{"pointer": "?cursor", "detail": "is not a cursor of this query"}]


@pytest.mark.parametrize(
    ("sort", "value"),
    [
        ("title", 5), ("title", 5.5), ("release_date", "yesterday"), ("release_date", 20200101),
        ("vote_count", "many"), ("vote_count", 2**63), ("vote_count", 1.5), ("vote_average", "7"),
        pytest.param("vote_average", 10**310, id="vote_average-longer than a float"),
    ],
)  # fmt: skip
def test_a_forged_cursor_is_refused(client: TestClient, sort: str, value: Any) -> None:
    digest = FilmQuery(sort=sort).digest()

    answers = [
        client.get("/v1/films", params={"sort": sort, "cursor": write_cursor(cursor, digest)})
        for cursor in (Cursor(value, 1), Cursor(None, 0), Cursor(None, 2**63), Cursor(None, -1))
    ]

    assert [answer.status_code for answer in answers] == [422] * 4


def test_a_forged_cursor_within_the_rules_is_but_a_place_to_begin(
    client: TestClient, add_film: Callable[..., int]
) -> None:
    film_id = add_film("b")
    digest = FilmQuery(sort="title").digest()

    places = ["a'; DROP TABLE films; --", "a" * 500, "a\x00", "𝒂"]
    pages = [
        client.get("/v1/films", params={"sort": "title", "cursor": write_cursor(Cursor(place, 1), digest)}).json()
        for place in places
    ]

    assert [[film["id"] for film in page["films"]] for page in pages] == [[film_id]] * 3 + [[]]


places = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=1, max_value=500).map(lambda digits: 10**digits - 1),
    st.floats(),
    st.text(max_size=20),
    st.dates().map(str),
    st.lists(st.integers(), max_size=2),
)


@given(sort=st.sampled_from(SORTS), token=st.lists(places, max_size=2), sent=st.one_of(st.none(), st.text(max_size=80)))
@many(100)
def test_no_cursor_makes_the_list_fail(client: TestClient, sort: str, token: list[object], sent: str | None) -> None:
    said = json.dumps([FilmQuery(sort=sort).digest(), *token])
    forged = urlsafe_b64encode(said.encode()).rstrip(b"=").decode()

    answer = client.get("/v1/films", params={"sort": sort, "cursor": forged if sent is None else sent})

    assert answer.status_code in (200, 422)


def _walk(client: TestClient, **query: Any) -> list[int]:
    seen: list[int] = []
    cursor: str | None = None
    while True:
        answer = client.get("/v1/films", params=query | ({"cursor": cursor} if cursor else {}))
        assert answer.status_code == 200, answer.text
        seen += [film["id"] for film in answer.json()["films"]]
        cursor = answer.json()["next"]
        if cursor is None:
            return seen
