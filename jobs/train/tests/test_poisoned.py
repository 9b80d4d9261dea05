"""Films that went wrong on their way: none of them gets a model past the gate."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Connection, delete, select, update

from cinecote.ledger import UNREGISTERED, entries
from cinecote.models import AFTER_RELEASE, BEFORE_RELEASE, FilmModel
from cinecote.tables import films

FILMS = 450


def shuffle_labels(connection: Connection) -> None:
    rows = connection.execute(select(films.c.id, films.c.vote_average)).all()
    shuffled = np.random.default_rng(0).permutation([row.vote_average for row in rows])
    for row, rating in zip(rows, shuffled.tolist(), strict=True):
        connection.execute(update(films).where(films.c.id == row.id).values(vote_average=rating))


def multiply_votes(connection: Connection) -> None:
    connection.execute(update(films).values(vote_count=films.c.vote_count * 1_000))


def lose_half_the_values(connection: Connection) -> None:
    for column in ("revenue", "budget", "runtime"):
        lost = (films.c.id % 2 == 0) if column != "budget" else (films.c.id % 4 < 2)
        connection.execute(update(films).where(lost).values({column: None}))


def flood_with_zeros(connection: Connection) -> None:
    connection.execute(update(films).where(films.c.id % 3 == 0).values(revenue=0, budget=0, runtime=0))


def lose_most_rows(connection: Connection) -> None:
    connection.execute(delete(films).where(films.c.id % 5 != 0))


POISONS: dict[str, tuple[Callable[[Connection], None], str]] = {
    "shuffled labels": (shuffle_labels, "champion's macro-F1 on these films"),
    "votes × 1,000": (multiply_votes, "vote_count is distributed otherwise"),
    "half the values missing": (lose_half_the_values, "revenue is unknown of"),
    "a flood of zeros": (flood_with_zeros, "films have a revenue of 0"),
    "most rows gone": (lose_most_rows, "films, where the champion had"),
}


def poisoned(site: Any, poison: Callable[[Connection], None]) -> Any:
    with site.engine.begin() as connection:
        poison(connection)
    return site


@pytest.fixture
def trained(trained_copy: Callable[..., Any]) -> Any:
    return trained_copy()


@pytest.mark.parametrize(("poison", "why"), POISONS.values(), ids=POISONS.keys())
def test_poisoned_films_are_refused_and_the_ledger_says_why(
    poison: Callable[[Connection], None], why: str, trained: Any, train_site: Callable[..., Any]
) -> None:
    site = poisoned(trained, poison)

    settled = [train_site(site).settled for _ in range(2)]

    assert {(each.version, each.decision.kind) for each in settled} == {(None, "refused")}
    assert why in settled[0].decision.reason
    assert site.champion() == "1"
    assert site.ledger() == [("1", None, "promoted"), (UNREGISTERED, "1", "refused")]
    with site.engine.connect() as connection:
        refusal = entries(connection)[0]
    assert why in refusal.reason
    assert refusal.metrics == settled[0].decision.metrics != {}


@pytest.mark.parametrize("model", [AFTER_RELEASE, BEFORE_RELEASE], ids=lambda model: model.name)
def test_shuffled_labels_make_no_first_champion_either(
    model: FilmModel, make_site: Callable[..., Any], train_site: Callable[..., Any]
) -> None:
    site = poisoned(make_site(count=FILMS), shuffle_labels)

    settled = train_site(site, model=model).settled

    assert settled.decision.kind == "refused"
    assert "no better than chance" in settled.decision.reason
    assert site.ledger(model.name) == [("1", None, "refused")]


def test_films_that_differ_by_intent_are_learnt_from_at_a_persons_word(
    trained: Any, train_site: Callable[..., Any]
) -> None:
    site = poisoned(trained, multiply_votes)

    settled = train_site(site, accept_data=True).settled

    assert settled.version == "2"
    assert "break their contract" not in settled.decision.reason


def test_values_that_collecting_never_writes_are_refused_whatever_a_person_says(
    trained: Any, train_site: Callable[..., Any]
) -> None:
    site = poisoned(trained, flood_with_zeros)

    assert train_site(site, accept_data=True).settled.decision.kind == "refused"


def test_some_more_films_are_within_the_contract(
    trained: Any, train_site: Callable[..., Any], made_rows: Callable[..., Any]
) -> None:
    trained.add(
        [row | {"source_id": f"more {row['title']}", "title": f"More {row['title']}"} for row in made_rows(90, 7)]
    )

    settled = train_site(trained).settled

    assert settled.decision.kind == "promoted"
    assert "held out or out of fold" in settled.decision.reason
    assert settled.decision.metrics["films"] > 0.95 * trained.film_count


def test_a_version_without_answers_of_its_own_is_judged_on_the_held_out_films(
    trained: Any, train_site: Callable[..., Any], make_row: Callable[..., Any]
) -> None:
    answers = trained.model_folder("1").with_name("answers")
    answers.rename(answers.with_name("elsewhere"))
    trained.add([make_row(f"New film {number}") for number in range(3)])

    settled = train_site(replace(trained)).settled

    assert settled.decision.reason.count("films held out (") == 1
    assert settled.decision.metrics["films"] < 0.25 * trained.film_count
