"""Every panel of every dashboard has something to show, from the cluster's own Prometheus."""

import json
import time
from collections.abc import Iterator

import pytest
from tests.monitoring import DASHBOARDS, Question, load, questions, rules

from .conftest import Installed
from .load import RATE, steady_load
from .prometheus import Prometheus, Series
from .release import NAME, PORTS, Release, wait_until
from .replica import ask_within
from .states import Holds, champion_states, known_states

SECONDS_OF_TRAFFIC = 60
FILMS_TO_COME = [
    {"budget": 1_000_000 + film, "runtime": 90 + film % 40, "vote_count": 60 + film} for film in range(300)
]
TO_COME = "to-come"
Watched = tuple[Release, list[dict[str, Holds]], float]
QUESTIONS = questions()


@pytest.fixture(scope="module")
def watched(installed: Installed) -> Iterator[Watched]:
    """The release after traffic and a run of every job, what it says of itself, and when it was installed."""
    release, began = installed.release, installed.began
    # A training may find a better champion, beside whose series those of the one before go on to be seen.
    before = champion_states(release)
    with steady_load(release) as load:
        for job in ("collect", "purge", "train", "backup"):
            release.run_job(job, refusable=job == "train")
        # After the training, which is to learn from films that there are.
        _store_films_to_come(release)
        wait_until(lambda: _is_measured(release), 900)
        # Prometheus has had its scrapes, and two for a rate, once this traffic has passed.
        load.wait_for(SECONDS_OF_TRAFFIC * RATE)
        yield release, [known_states(release), before], began
        release.sql(f"DELETE FROM cinecote.films WHERE source = '{TO_COME}'")


@pytest.mark.parametrize("number", range(len(QUESTIONS)), ids=[str(question) for question in QUESTIONS])
def test_a_panel_shows_what_changed_or_what_is_known(prometheus: Prometheus, watched: Watched, number: int) -> None:
    release, states, began = watched
    question = questions(release.namespace)[number]

    found = prometheus.query_range(question.expression, began, time.time())

    assert found, f"no data: {question.expression}"
    assert _changed(found) or _known(found, states, question), (question.expression, found[0])


def test_the_release_can_be_chosen_on_every_dashboard(prometheus: Prometheus, release: Release) -> None:
    for path in DASHBOARDS:
        chosen = {each["name"]: each for each in load(path)["templating"]["list"]}["namespace"]["query"]["query"]
        selector, label = chosen.removeprefix("label_values(").removesuffix(")").rsplit(", ", 1)

        assert release.namespace in prometheus.label_values(label, selector)


def test_prometheus_took_every_rule_and_finds_no_fault_in_it(prometheus: Prometheus, release: Release) -> None:
    ours = [rule for rule in prometheus.rules() if rule["name"] in _rule_names()]

    assert {rule["name"] for rule in ours} == _rule_names()
    assert [rule for rule in ours if rule["health"] != "ok"] == []


def _store_films_to_come(release: Release) -> None:
    """Films that come out tomorrow, votes and all."""
    columns = "source, source_id, title, budget, runtime, vote_average, vote_count, release_date, genres, status"
    rows = ", ".join(
        f"('{TO_COME}', '{number}', 'To come {number}', {film['budget']}, {film['runtime']}, {5 + number % 4}, 500,"
        " UTC_DATE() + INTERVAL 1 DAY, '[]', 'Released', '', UTC_TIMESTAMP())"
        for number, film in enumerate(FILMS_TO_COME)
    )
    release.sql(f"INSERT INTO cinecote.films ({columns}, content_hash, fetched_at) VALUES {rows}")


def _is_measured(release: Release) -> bool:
    """Ask about each of these films once more; whether drift and live scores are told of them."""
    # Again and again: of the many answers of this traffic the api reads a part. Not through the API server: on a busy
    # machine its proxy may close its connection to the api in the middle of an answer to a body (golang/go#40747).
    address, body = f"http://{NAME}-api:{PORTS['api']}/v1/predictions/batch", json.dumps({"films": FILMS_TO_COME})
    answer = ask_within(release, ("load",), "POST", address, body, {"Content-Type": "application/json"})
    assert answer.status == 200, answer
    drift, live = (json.loads(release.read("api", f"/v1/model/{figures}")) for figures in ("drift", "live"))
    rejoined = max((version["films"] for version in live["versions"]), default=0)
    return bool(drift["films"] >= drift["fewest"] and rejoined >= live["fewest"])


def _rule_names() -> set[str]:
    return {str(rule.get("alert") or rule["record"]) for rule in rules()}


def _values(series: Series) -> list[float]:
    return [float(value) for _, value in series["values"] if value != "NaN"]


def _changed(found: list[Series]) -> bool:
    return any(len(set(_values(series))) > 1 for series in found)


def _known(found: list[Series], states: list[dict[str, Holds]], question: Question) -> bool:
    """Whether each series stands at what is known of one of the moments."""
    known = [holds[question.panel] for holds in states if question.panel in holds]
    return all(
        any(all(holds(series["metric"], value) for value in _values(series)) for holds in known) for series in found
    )
