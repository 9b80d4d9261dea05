"""Databases of made-up films, as the pages of films are measured on them: the same at every call."""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import accumulate, islice
from typing import Any, TypeVar

from alembic import command
from sqlalchemy import Engine, insert, text

from cinecote.database import connect
from cinecote.films import fold_words
from cinecote.migrate import migrate, migration_config
from cinecote.tables import film_words, films

ROWS_A_STATEMENT = 5_000
RARE_WORD = "rarissime"
FILMS_WITH_RARE_WORD = 500
LONELY_SOURCE = "alone"
"""The source of a single film."""

Row = TypeVar("Row")

_FETCHED = datetime.fromisoformat("2026-11-01T08:30:00")
_LETTERS = "etaoinshrdlcumé"
_SOURCES = ("tmdb", "csv", "sample")
_SHARES = (0.94, 0.97, 1.0)


def filled(url: str, count: int) -> Engine:
    """The database at `url` with `count` films, kept where they are there already."""
    engine = connect(url)
    with engine.connect() as connection:
        config = migration_config(connection)
        command.upgrade(config, "0001")
        connection.commit()
        if not connection.execute(text("SELECT 1 FROM films LIMIT 1")).first():
            _fill(engine, count)
    # What is filled first and indexed then is loaded several times as fast, and its indexes are without gaps.
    migrate(engine)
    return engine


def _fill(engine: Engine, count: int) -> None:
    words: list[tuple[str, int]] = []
    for portion in _portions(made_films(count)):
        with engine.begin() as connection:
            connection.execute(insert(films), portion)
        words += ((word, film["id"]) for film in portion for word in set(fold_words(film["title"])))
    words.sort()
    for some in _portions(words):
        with engine.begin() as connection:
            connection.execute(insert(film_words), [{"word": word, "film_id": film_id} for word, film_id in some])


def made_films(count: int) -> Iterator[Mapping[str, Any]]:
    """`count` films: half of the money unknown, votes by a power law, one large source and one of a single film."""
    pick = random.Random(20260101)
    titles = _titles(pick)
    rare = set(pick.sample(range(1, count + 1), FILMS_WITH_RARE_WORD))
    lonely = count // 2
    for number in range(1, count + 1):
        film = _film(pick, number, next(titles))
        if number in rare:
            film["title"] += f" {RARE_WORD}"
        if number == lonely:
            film["source"] = LONELY_SOURCE
        yield film


def _film(pick: random.Random, number: int, title: str) -> dict[str, Any]:
    votes = min(int(pick.paretovariate(0.6)) - 1, 40_000) if pick.random() < 0.7 else 0
    # Money is better known of films that many saw.
    likely = 0.4 if votes < 10 else 0.8
    day = date(1920, 1, 1) + timedelta(days=int(38_700 * pick.random() ** 0.5))
    return {
        "id": number,
        "source": pick.choices(_SOURCES, cum_weights=_SHARES)[0],
        "source_id": str(number),
        "title": title,
        "release_date": day if pick.random() < 0.85 else None,
        "revenue": int(pick.lognormvariate(16, 2)) + 1_000 if pick.random() < likely else None,
        "budget": pick.randint(1, 2_000) * 10_000 if pick.random() < likely else None,
        "runtime": max(1, int(pick.gauss(95, 25))) if pick.random() < 0.75 else None,
        "vote_count": votes,
        "vote_average": round(min(max(pick.gauss(6.2, 1.1), 0.5), 10), 1) if votes else None,
        "genres": pick.sample(("Drama", "Comedy", "Horror", "Action"), pick.choice((0, 1, 1, 2))),
        "status": "Released",
        "content_hash": "",
        "fetched_at": _FETCHED,
    }


def _titles(pick: random.Random) -> Iterator[str]:
    vocabulary: Sequence[str] = ["".join(pick.choices(_LETTERS, k=pick.randint(2, 9))) for _ in range(60_000)]
    # Zipf's law: a few words (the, of, …) stand in very many titles.
    weights = list(accumulate(1 / (rank + 10) for rank in range(len(vocabulary))))
    while True:
        words = pick.choices(vocabulary, cum_weights=weights, k=pick.choice((1, 2, 2, 3, 3, 4, 6)))
        yield " ".join(words).capitalize()


def _portions(rows: Iterable[Row]) -> Iterator[list[Row]]:
    left = iter(rows)
    while portion := list(islice(left, ROWS_A_STATEMENT)):
        yield portion
