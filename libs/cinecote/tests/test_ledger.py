from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from cinecote.ledger import Entry, behind, entries, record, withdrawn
from cinecote.models import MODELS

Decision = tuple[str, str | None, str]
Write = Callable[..., list[Entry]]


@pytest.fixture
def write(engine: Engine) -> Write:
    """Writes decisions down, each as (version, previous, decision), and reads the ledger back."""

    def write_down(*decisions: Decision) -> list[Entry]:
        for version, previous, decision in decisions:
            record(engine, version, previous, decision, "because", {"macro_f1": 0.6})
        with engine.connect() as connection:
            return entries(connection)

    return write_down


ONE, TWO, THREE = ("1", None, "promoted"), ("2", "1", "promoted"), ("3", "2", "promoted")


@pytest.mark.parametrize(
    ("decisions", "champion", "expected"),
    [
        ([], "1", []),
        ([ONE], "1", []),
        ([ONE, TWO, THREE], "3", ["2", "1"]),
        ([ONE, TWO, ("3", "2", "refused")], "2", ["1"]),
        ([ONE, TWO, THREE, ("2", "3", "rolled_back")], "2", ["1"]),
        ([ONE, TWO, THREE, ("2", "3", "rolled_back"), ("1", "2", "rolled_back")], "1", []),
        ([ONE, TWO, ("1", "2", "rolled_back"), ("3", "1", "promoted")], "3", ["1"]),
        ([ONE, TWO, ("1", "2", "promoted")], "1", ["2"]),
        # The alias was moved by hand: to one that the ledger doesn't know, and back to one that it does.
        ([ONE, TWO], "9", ["2", "1"]),
        ([ONE, TWO, THREE], "2", ["1"]),
        # A rollback that was killed before it moved the alias.
        ([ONE, TWO, ("1", "2", "rolled_back")], "2", ["1"]),
    ],
)
def test_behind_a_champion_are_those_that_it_took_over_from(
    write: Write, decisions: list[Decision], champion: str, expected: list[str]
) -> None:
    history = write(*decisions)

    assert behind(champion, history) == expected


@pytest.mark.parametrize(
    ("decisions", "expected"),
    [
        ([ONE, TWO], set()),
        ([ONE, TWO, ("1", "2", "rolled_back")], {"2"}),
        ([ONE, TWO, ("1", "2", "rolled_back"), ("2", "1", "refused")], {"2"}),
        ([ONE, TWO, ("1", "2", "rolled_back"), ("2", "1", "promoted")], set()),
        ([ONE, TWO, THREE, ("2", "3", "rolled_back"), ("1", "2", "rolled_back")], {"2", "3"}),
    ],
)
def test_what_was_rolled_back_stays_withdrawn_until_it_is_promoted_again(
    write: Write, decisions: list[Decision], expected: set[str]
) -> None:
    assert withdrawn(write(*decisions)) == expected


def test_a_decision_that_is_said_twice_in_a_row_is_written_once(write: Write) -> None:
    history = write(ONE, ONE, TWO, TWO)

    assert [(entry.version, entry.previous, entry.decision) for entry in history] == [TWO, ONE]
    assert history[0].metrics == {"macro_f1": 0.6}


def test_the_same_decision_after_another_is_a_row_of_its_own(write: Write) -> None:
    history = write(("2", "1", "promoted"), ("3", "2", "promoted"), ("2", "3", "promoted"))

    assert [entry.version for entry in history] == ["2", "3", "2"]


def test_of_a_long_ledger_the_newest_entries_are_read(engine: Engine, write: Write) -> None:
    write(ONE, TWO, THREE)

    with engine.connect() as connection:
        assert [entry.version for entry in entries(connection, limit=2)] == ["3", "2"]


def test_each_model_has_a_ledger_of_its_own(engine: Engine) -> None:
    for model in MODELS:
        record(engine, "1", None, "promoted", "there was no champion", {}, model.name)
        record(engine, "1", None, "promoted", "there was no champion", {}, model.name)

    with engine.connect() as connection:
        told = [entries(connection, model=model.name) for model in MODELS]

    assert [len(each) for each in told] == [1] * len(MODELS)
