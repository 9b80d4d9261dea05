"""Two replicas answer as one."""

from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from cinecote.metrics import FILM_INDEX

from .cluster import Answer
from .release import FILM, Release, wait_until
from .replica import Replica, two_replicas

TABLE = "title,revenue,budget,vote_count,runtime\nUn,150000000,30000000,5200,121\n=Deux,,2000000,40,95\nTrois,x,,,\n"
TENSOR = {"name": "films", "shape": [2, 4], "datatype": "FP64", "data": [150e6, 30e6, 5200, 121, None, 2e6, 40, 95]}
CALLS: list[tuple[str, str, object, str]] = [
    ("POST", "/v1/predictions", FILM, "application/json"),
    ("POST", "/v1/predictions", {"budget": -1}, "application/json"),
    ("POST", "/v1/predictions/batch", {"films": [FILM, {}, FILM]}, "application/json"),
    ("POST", "/v1/predictions/batch", TABLE, "text/csv"),
    ("POST", "/v1/explanations", FILM, "application/json"),
    ("GET", "/v1/films?search=l&sort=-revenue&limit=3&count=true", None, ""),
    ("GET", "/v1/queries", None, ""),
    ("GET", "/v1/queries/films-by-year-and-category", None, ""),
    ("GET", "/v1/model", None, ""),
    ("GET", "/v1/models", None, ""),
    ("GET", "/v2/models/film-category", None, ""),
    ("POST", "/v2/models/film-category/infer", {"inputs": [TENSOR]}, "application/json"),
    ("GET", "/openapi.json", None, ""),
]
# What two answers to one request may differ in.
OWN = ("date", "x-request-id")


@pytest.fixture(scope="module")
def began(release: Release) -> float:
    """When these stories began, in seconds since 1970 by the cluster: the ones before wrote and deleted films."""
    return float(release.sql("SELECT UNIX_TIMESTAMP(NOW(6))")[0][0])


@pytest.fixture
def both(release: Release, token: str, began: float) -> tuple[Replica, Replica]:
    """Two that know the films of now, which each looks for some seconds after its start and every fifteen or so."""
    found = two_replicas(release, token)
    # A look that took three seconds, beside others' work, rests for a minute.
    wait_until(lambda: all(_looked_for_films_at(replica) > began for replica in found), 120)
    return found


def test_neighbours_are_films_of_the_database(both: tuple[Replica, Replica]) -> None:
    assert [len(_neighbours(replica)) for replica in both] == [5, 5]


@pytest.mark.parametrize(("method", "path", "body", "kind"), CALLS)
def test_a_call_is_answered_alike(
    both: tuple[Replica, Replica], method: str, path: str, body: object, kind: str
) -> None:
    first, second = (_kept(replica.ask(method, path, body, kind)) for replica in both)

    assert first == second
    assert first[0] == (422 if body == {"budget": -1} else 200)


def test_a_page_begun_by_one_replica_is_gone_on_with_by_the_other(both: tuple[Replica, Replica]) -> None:
    path, seen, cursor = "/v1/films?sort=title&limit=50", [], ""
    for turn in range(4):
        page = both[turn % 2].read("GET", f"{path}{cursor}")
        seen += [film["title"] for film in page["films"]]
        cursor = f"&cursor={page['next']}"

    whole = both[0].read("GET", "/v1/films?sort=title&limit=200")
    assert seen == [film["title"] for film in whole["films"]]


def test_what_each_replica_answers_is_written_down(release: Release, both: tuple[Replica, Replica]) -> None:
    for number, replica in enumerate(both):
        replica.ask("POST", "/v1/predictions", FILM, headers={"X-Request-ID": f"written-{number}"})

    count = "SELECT COUNT(*) FROM cinecote.predictions WHERE request_id IN ('written-0', 'written-1')"
    wait_until(lambda: release.sql(count) == [["2"]], 30)


def _kept(answer: Answer) -> tuple[int, dict[str, str], str]:
    headers = {name.lower(): value for name, value in answer.headers.items() if name.lower() not in OWN}
    return answer.status, headers, answer.text


def _looked_for_films_at(replica: Replica) -> float:
    """When the last look began that found them, in seconds since 1970; 0 before the first."""
    families = text_string_to_metric_families(replica.ask("GET", "/metrics").text)
    told = [sample.value for family in families if family.name == FILM_INDEX.name for sample in family.samples]
    return max(told, default=0)


def _neighbours(replica: Replica) -> list[Any]:
    found: list[Any] = replica.read("POST", "/v1/explanations", FILM)["neighbours"]
    return found
