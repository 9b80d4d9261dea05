"""Genres as sources write them; ValueError where a text is in another form."""

import json


def one_genre(text: str) -> tuple[str, ...]:
    """`Thriller/Suspense`: the whole text is one genre."""
    genre = text.strip()
    return (genre,) if genre else ()


def listed_genres(text: str) -> tuple[str, ...]:
    """`Action, Science Fiction`."""
    return tuple(genre for part in text.split(",") if (genre := part.strip()))


def json_genres(text: str) -> tuple[str, ...]:
    """`[{"id": 28, "name": "Action"}]`."""
    if not text.strip():
        return ()
    try:
        return tuple(_name(genre) for genre in json.loads(text))
    except (TypeError, RecursionError):
        raise ValueError("not a list of genres") from None


def _name(genre: object) -> str:
    name = genre.get("name") if isinstance(genre, dict) else None
    if not isinstance(name, str):
        raise ValueError("a genre without a name")
    return name
