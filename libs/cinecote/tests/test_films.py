import dataclasses
from datetime import date
from typing import Any

import pytest

from cinecote.films import CATEGORIES, Category, Film, Thresholds, film_identity, fold_words, is_held_out

FILM = Film(source="sample", source_id="1", title="Cidade de Deus", budget=3_300_000, runtime=130)


@pytest.mark.parametrize(
    ("rating", "category"),
    [(0, "médiocre"), (5.99, "médiocre"), (6.0, "moyen"), (6.99, "moyen"), (7.0, "bien"), (10, "bien")],
)
def test_a_rating_on_a_threshold_belongs_to_the_higher_category(rating: float, category: Category) -> None:
    assert Thresholds().category(rating) == category


@pytest.mark.parametrize(
    ("rating", "votes", "category"), [(7.0, 50, "bien"), (7.0, 49, None), (7.0, None, None), (None, 50, None)]
)
def test_too_few_votes_give_no_category(rating: float | None, votes: int | None, category: Category | None) -> None:
    assert Thresholds().category_by_votes(rating, votes, 50) == category


def test_categories_rise() -> None:
    assert CATEGORIES == ("médiocre", "moyen", "bien")


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("L'Été meurtrier", ["l", "ete", "meurtrier"]),
        ("Wall·E", ["wall", "e"]),
        ("Le Cœur des hommes", ["le", "coeur", "des", "hommes"]),
        ("Œuvre", ["oeuvre"]),
        ("Die Straße", ["die", "strasse"]),
        ("Alien³", ["alien3"]),
        ("Smørrebrød", ["smorrebrod"]),
        ("Łódź", ["lodz"]),
        ("snake_case", ["snake", "case"]),
        ("千と千尋", ["千と千尋"]),
        ("!!!", []),
        ("X™", ["xtm"]),
    ],
)
def test_words_lose_case_and_accents(title: str, words: list[str]) -> None:
    assert fold_words(title) == words


@pytest.mark.parametrize("title", ["Été", "ÉTÉ", "E\u0301te\u0301", "été"])
def test_every_way_to_write_a_word_folds_to_one(title: str) -> None:
    assert fold_words(title) == ["ete"]


def test_one_film_has_one_identity_however_its_title_is_written() -> None:
    assert film_identity("L'Été", 1999) == film_identity("l ete", 1999)


@pytest.mark.parametrize(
    ("title", "year"), [("L'Été", 2000), ("L'Été", None), ("Lété", 1999), ("!", 1999), ("?", 1999)]
)
def test_another_year_or_other_words_are_another_film(title: str, year: int | None) -> None:
    others = {film_identity(t, y) for t, y in [("L'Été", 1999), ("…", 1999)]}

    assert film_identity(title, year) not in others


@pytest.mark.parametrize(
    "change",
    [
        {"title": "City of God"},
        {"budget": None},
        {"runtime": 131},
        {"release_date": date(2002, 8, 31)},
        {"genres": ("Drama",)},
        {"status": "Planned"},
    ],
)
def test_a_change_of_any_fact_changes_the_content_hash(change: dict[str, Any]) -> None:
    assert dataclasses.replace(FILM, **change).content_hash() != FILM.content_hash()


def test_the_content_hash_is_of_the_facts_alone() -> None:
    elsewhere = dataclasses.replace(FILM, source="csv", source_id="2")

    assert elsewhere.content_hash() == FILM.content_hash()


def test_a_film_is_held_out_by_its_identity_alone_and_a_greater_share_holds_the_smaller() -> None:
    identities = [film_identity(f"Film {number}", 1990) for number in range(5_000)]

    some, more = ({each for each in identities if is_held_out(each, share)} for share in (0.15, 0.3))

    assert len(some) / len(identities) == pytest.approx(0.15, abs=0.02)
    assert some < more
