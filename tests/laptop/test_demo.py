"""What `make demo` promises, as a person and a supervisor meet it."""

import os
import signal
import socket
from html.parser import HTMLParser
from pathlib import Path

import httpx2
import pytest
from tests.ports import free_port

from .stories import Laptop, Story

FILM = {"revenue": 150_000_000, "budget": 30_000_000, "vote_count": 5200, "runtime": 121}


class Probabilities(HTMLParser):
    """The exact probabilities on the page, in its order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[float] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        members = dict(attrs)
        if tag == "data" and "data-category" in members:
            self.found.append(float(members["value"] or ""))


def test_the_page_shows_the_api_s_prediction(demo: Story, laptop: Laptop) -> None:
    answer = httpx2.post(f"{laptop.api}/v1/predictions", json=FILM).raise_for_status().json()

    page = httpx2.get(laptop.web, params=FILM).raise_for_status().text

    assert sorted(Probabilities(page).found) == sorted(answer["probabilities"].values())
    assert answer["model"]["version"] == "1"


def test_the_sample_is_there_to_search(demo: Story, laptop: Laptop) -> None:
    found = httpx2.get(f"{laptop.api}/v1/films", params={"search": "amelie"}).raise_for_status().json()

    assert [film["title"] for film in found["films"]] == ["Le Fabuleux destin d'Amélie Poulain"]


def test_the_run_prints_how_every_dirty_row_was_treated(demo: Story) -> None:
    for rule in ("release_century", "title_article", "title_encoding", "money_below_1000"):
        assert rule in demo.printed


def test_a_second_story_on_the_same_ports_is_refused_in_one_line(demo: Story, laptop: Laptop) -> None:
    with laptop.tell() as second:
        assert second.process.wait(60) == 1
        second.end()

    assert second.printed.startswith(f"error: 127.0.0.1:{laptop.api_port} can't be used")
    assert second.printed.count("\n") == 1


def test_one_port_for_both_services_is_refused_before_any_work(tmp_path: Path) -> None:
    port = free_port()
    with Laptop(tmp_path, api_port=port, web_port=port).tell() as story:
        assert story.process.wait(60) == 1
        story.end()

    assert story.printed == f"error: CINECOTE_API_PORT and CINECOTE_WEB_PORT are both {port}\n"


def test_where_nothing_can_be_written_one_line_says_so(tmp_path: Path) -> None:
    (tmp_path / "var").touch()

    with Laptop(tmp_path).tell() as story:
        assert story.process.wait(60) == 1
        story.end()

    assert story.printed == f"error: {tmp_path}/var can't be written to: File exists\n"


def test_serving_without_a_champion_says_what_to_do(tmp_path: Path) -> None:
    with Laptop(tmp_path).tell("serve") as story:
        assert story.process.wait(60) == 1
        story.end()

    assert "make demo" in story.printed
    assert story.printed.count("\n") == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_while_it_works_ends_every_process(tmp_path: Path, number: signal.Signals) -> None:
    with Laptop(tmp_path).tell() as story:
        story.wait_for("3/4 training")

        code = story.end(number)

        assert code == 130
        assert story.processes() == {}

    assert [entry.name for entry in tmp_path.iterdir()] == ["var"]


def test_a_service_ends_well_when_it_is_told_to(tmp_path: Path) -> None:
    laptop = Laptop(tmp_path)
    with laptop.tell("serve-api") as story:
        story.wait_for("the API answers")
        held = story.processes()

        code = story.end()

        assert len(held) == 2
        assert (code, story.processes()) == (0, {})


def test_the_api_alone_needs_no_port_for_the_page(tmp_path: Path) -> None:
    laptop = Laptop(tmp_path)
    with socket.create_server(("127.0.0.1", laptop.web_port)), laptop.tell("serve-api") as story:
        story.wait_for("the API answers")


def test_a_service_that_dies_ends_the_story_with_the_place_of_its_log(tmp_path: Path) -> None:
    with Laptop(tmp_path).tell("serve-api") as story:
        story.wait_for("the API answers")
        (service,) = set(story.processes()) - {story.process.pid}

        os.kill(service, signal.SIGKILL)

        assert story.process.wait(60) == 1
        story.end()
    assert "var/log/cinecote-api.log" in story.printed
