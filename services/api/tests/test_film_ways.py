"""However a page is found, by walking its order or by gathering what a filter leaves, it holds the same films."""

import random
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, select

from cinecote.settings import LabelSettings
from cinecote.tables import films
from cinecote_api.films.query import SORTS, FilmQuery
from cinecote_api.films.shelf import FilmShelf

LABELS = LabelSettings()
WORDS = ("it", "up", "who", "item", "été", "œuvre", "source")
Film = dict[str, Any]

FILTERS: tuple[tuple[dict[str, Any], Callable[[Film], bool]], ...] = (
    ({}, lambda film: True),
    ({"source": "csv"}, lambda film: film["source"] == "csv"),
    ({"source": "none"}, lambda film: False),
    ({"year_min": 1990, "year_max": 1990}, lambda film: bool(film["year"] == 1990)),
    ({"year_max": 1991}, lambda film: film["year"] is not None and film["year"] <= 1991),
    ({"category": "bien"}, lambda film: bool(film["rated"] and film["vote_average"] >= 7)),
    ({"category": "moyen"}, lambda film: bool(film["rated"] and 6 <= film["vote_average"] < 7)),
    ({"known": "revenue,runtime"}, lambda film: film["revenue"] is not None and film["runtime"] is not None),
    ({"search": "it"}, lambda film: any(word.startswith("it") for word in film["words"])),
    ({"search": "ete oeuvre"}, lambda film: {"été", "œuvre"} <= film["words"]),
    ({"search": "%"}, lambda film: False),
    ({"search": "source", "source": "csv"}, lambda film: "source" in film["words"] and film["source"] == "csv"),
    (
        {"search": "up", "category": "médiocre", "known": "vote_count,release_year"},
        lambda film: bool("up" in film["words"] and film["rated"] and film["vote_average"] < 6 and film["year"]),
    ),
)


@pytest.fixture
def stored(database: Engine, add_film: Callable[..., int]) -> list[Film]:
    """Films with many ties, unknown facts and common words."""
    pick = random.Random(5)
    for _ in range(60):
        words = pick.sample(WORDS, 3)
        year = pick.choice((None, 1989, 1990, 1991))
        add_film(
            " ".join(words),
            source=pick.choice(("csv", "sample")),
            release_date=date(year, pick.choice((1, 12)), 1) if year else None,
            revenue=pick.choice((None, 5_000, 6_000)),
            budget=pick.choice((None, 5_000, 6_000)),
            runtime=pick.choice((None, 90, 91)),
            vote_count=pick.choice((None, 0, 49, 50, 51)),
            vote_average=pick.choice((None, 5.9, 6.0, 6.5, 7.0, 7.1)),
        )
    with database.connect() as connection:
        return [_told(dict(row._mapping)) for row in connection.execute(select(films))]


@pytest.fixture(params=["walked", "gathered"])
def shelf(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> FilmShelf:
    most = {"walked": 0, "gathered": 1_000}[request.param]
    for bound in ("FEW_FILMS", "FEW_WORDS", "SOME_WORDS"):
        monkeypatch.setattr(f"cinecote_api.films.gathering.{bound}", most)
    return FilmShelf(LABELS)


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("column", SORTS)
def test_pages_hold_what_the_filter_leaves_in_order(
    database: Engine, stored: list[Film], shelf: FilmShelf, column: str, sign: str
) -> None:
    for asked, meets in FILTERS:
        left = [film for film in stored if meets(film)]
        known = sorted((film for film in left if film[column] is not None), key=lambda film: film["id"])
        known.sort(key=lambda film: film[column], reverse=bool(sign))
        unknown = sorted(film["id"] for film in left if film[column] is None)

        pages = list(_pages(database, shelf, FilmQuery(sort=sign + column, limit=7, count=True, **asked)))

        found = [film["id"] for page in pages for film in page["films"]]
        assert found == [*(film["id"] for film in known), *unknown], asked
        assert {page["total"] for page in pages} == {len(left)}, asked


def _pages(database: Engine, shelf: FilmShelf, query: FilmQuery) -> Iterator[dict[str, Any]]:
    with database.connect() as connection:
        page = shelf.page(connection, query)
        yield page
        while page["next"]:
            page = shelf.page(connection, query.model_copy(update={"cursor": page["next"]}))
            yield page


def _told(film: Film) -> Film:
    film["year"] = film["release_date"] and film["release_date"].year
    film["rated"] = film["vote_average"] is not None and (film["vote_count"] or 0) >= LABELS.minimum_votes
    film["words"] = set(film["title"].split())
    return film
