"""Killed at any moment and told again, the story ends where it would have ended."""

import sqlite3
from pathlib import Path
from typing import Any

import httpx2

from .stories import READY, Laptop, RegistryServer, Story

FILMS = """SELECT source, source_id, title, release_date, revenue, budget, runtime, vote_count, vote_average,
    content_hash FROM films ORDER BY source, source_id"""
WORDS = "SELECT word, source_id FROM film_words JOIN films ON films.id = film_id ORDER BY word, source_id"
REJECTIONS = "SELECT source, line, rule, field, raw_value, raw_row FROM rejections ORDER BY source, line, rule"
LEDGER = "SELECT model, version, previous, decision FROM promotions ORDER BY id"
VERSIONS = """SELECT name, version, key, value FROM model_versions JOIN model_version_tags USING (name, version)
    ORDER BY name, version, key"""
ALIASES = "SELECT name, alias, version FROM registered_model_aliases"


def rows(database: Path, query: str) -> list[Any]:
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        return connection.execute(query).fetchall()


def state(laptop: Laptop, registry: Path) -> dict[str, list[Any]]:
    """All that the story leaves, but for times and the ids of runs."""
    films = laptop.folder / "var/cinecote.db"
    return {query: rows(films, query) for query in (FILMS, WORDS, REJECTIONS, LEDGER)} | {
        query: rows(registry, query) for query in (VERSIONS, ALIASES)
    }


def own_registry(laptop: Laptop) -> Path:
    return laptop.folder / "var/mlflow.db"


def served(laptop: Laptop) -> str:
    """The version that answers."""
    return str(httpx2.get(f"{laptop.api}/v1/model").raise_for_status().json()["version"])


def test_killed_at_each_step_and_with_an_mlflow_server_a_story_ends_as_one_in_a_file_that_was_never_killed(
    demo: Story, laptop: Laptop, registry_server: RegistryServer, tmp_path: Path
) -> None:
    (tmp_path / "laptop").mkdir()
    other = Laptop(tmp_path / "laptop", settings={"MLFLOW_TRACKING_URI": registry_server.address})
    for moment in ("1/4 the database", "2/4 the sample's films", "3/4 training"):
        with other.tell() as story:
            story.wait_for(moment)
            story.kill()

    with other.tell() as story:
        story.wait_for(READY)

        assert served(other) == "1"
        assert state(other, registry_server.database) == state(laptop, own_registry(laptop))
    assert not own_registry(other).exists()


def test_a_story_after_one_that_was_killed_while_it_served_keeps_the_champion_and_trains_no_more(
    demo: Story, laptop: Laptop
) -> None:
    before = state(laptop, own_registry(laptop))
    demo.kill()

    with laptop.tell() as again:
        again.wait_for(READY)
        version = served(laptop)

    assert "the champion stands" in again.printed
    assert version == "1"
    assert state(laptop, own_registry(laptop)) == before
