"""The films that the server has, the same for the same seed, and what becomes of them as days pass."""

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

Film = dict[str, Any]

GENRES = {28: "Action", 12: "Adventure", 16: "Animation", 35: "Comedy", 80: "Crime", 99: "Documentary", 18: "Drama",
          14: "Fantasy", 27: "Horror", 10402: "Music", 878: "Science Fiction", 53: "Thriller"}  # fmt: skip
# A title is text whatever it contains.
TITLES = (
    "L'Été {}", "千と千尋 {}", "Robert'); DROP TABLE films;-- {}", "<script>alert({})</script>", "مرحبا {}", "{{7*{}}}",
    "%s %n {}", '"Quoted" {}', "👩‍👩‍👧 {}", "A\tTab and\nlines {}", "=cmd|' /C calc'!A{}", "C:\\nul {}", "null", "0",
)  # fmt: skip
STATUSES = ("Rumored", "Planned", "In Production", "Post Production", "Canceled")
# What TMDB should never say, and says for good: no film of these belongs in a table.
ABSURD: tuple[dict[str, Any], ...] = (
    {"runtime": -5}, {"vote_average": 47.0}, {"budget": -1}, {"revenue": 10**15}, {"title": ""}, {"title": None},
    {"runtime": 99_999}, {"vote_count": "many"}, {"release_date": "20-13-45"}, {"genres": [{"id": 18}]}, {"adult": "?"},
)  # fmt: skip


class Catalog:
    """`films` by id; `changed` has the ids that each day's changes list: of films edited, new and gone."""

    def __init__(self, films: int, seed: int, today: date, absurd: float) -> None:
        self._random = random.Random(seed)
        self._next_id = 2
        self._absurd = absurd
        self.today = today
        self.films: dict[int, Film] = {}
        self.changed: defaultdict[date, set[int]] = defaultdict(set)
        self.version = 0
        for _ in range(films):
            self._add()

    def advance(self, day: date, daily: int) -> None:
        """Let the days up to `day` pass: on each, `daily` films change, one more in five comes, one in ten goes."""
        while self.today < day:
            self.today += timedelta(days=1)
            for film_id in self._random.sample(sorted(self.films), min(daily, len(self.films))):
                self._edit(film_id)
            for number in range(daily):
                if number % 5 == 0:
                    self.changed[self.today].add(self._add())
                if number % 10 == 0 and self.films:
                    self.remove(self._random.choice(sorted(self.films)))

    def remove(self, film_id: int) -> None:
        """From now on there is no such film [error body: 34]."""
        del self.films[film_id]
        self.changed[self.today].add(film_id)
        self.version += 1

    def listed(self) -> Iterator[Film]:
        yield from self.films.values()

    def _edit(self, film_id: int) -> None:
        film = self.films[film_id]
        if isinstance(film["vote_count"], int):
            film["vote_count"] += self._random.randint(0, 9)
        film["revenue"] += 1_000_000 if film["revenue"] > 0 else 0
        self.changed[self.today].add(film_id)
        self.version += 1

    def _add(self) -> int:
        pick = self._random
        film_id = self._next_id
        self._next_id += pick.randint(1, 9)
        released = self.today - timedelta(days=int(36_500 * pick.random() ** 2))
        film = _film(film_id, released, pick)
        if pick.random() < self._absurd:
            film |= pick.choice(ABSURD)
        self.films[film_id] = film
        self.version += 1
        return film_id


def _film(film_id: int, released: date, pick: random.Random) -> Film:
    """As `/movie/{id}` has one [`/movie/{id}` fields]; money is 0 where unknown, a running time 0 or null."""
    kind = pick.random()
    title = pick.choice(TITLES).replace("{}", str(film_id)) if kind < 0.3 else f"Film {film_id}"
    votes = pick.randint(0, 49) if kind > 0.93 else 50 + int(pick.paretovariate(0.8))
    genres = pick.sample(sorted(GENRES), pick.choice((0, 1, 2, 3)))
    return {
        "adult": 0.30 <= kind < 0.32,
        "backdrop_path": None,
        "belongs_to_collection": None,
        "budget": pick.choice((0, 1, 999)) if pick.random() < 0.4 else pick.randint(1, 3_000) * 100_000,
        "genres": [{"id": genre, "name": GENRES[genre]} for genre in genres],
        "homepage": "",
        "id": film_id,
        "imdb_id": None if pick.random() < 0.1 else f"tt{film_id:07}",
        "origin_country": ["US"],
        "original_language": pick.choice(("en", "en", "en", "fr", "ja")),
        "original_title": title,
        "overview": "…" * 40,
        "popularity": round(pick.uniform(0, 100), 3),
        "poster_path": None,
        "production_companies": [],
        "production_countries": [{"iso_3166_1": "US", "name": "United States of America"}],
        "release_date": released.isoformat() if pick.random() > 0.01 else "",
        "revenue": 0 if pick.random() < 0.5 else pick.randint(1, 28_000) * 100_000,
        "runtime": pick.choice((0, None)) if pick.random() < 0.05 else pick.randint(1, 240),
        "spoken_languages": [],
        "status": pick.choice(STATUSES) if 0.34 <= kind < 0.38 else "Released",
        "tagline": "",
        "title": title,
        "video": 0.32 <= kind < 0.34,
        "vote_average": round(pick.uniform(1, 9.9), 3) if votes else 0.0,
        "vote_count": min(votes, 40_000),
    }
