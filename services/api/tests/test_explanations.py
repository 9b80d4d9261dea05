import json
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from starlette.testclient import TestClient

from cinecote.films import CATEGORIES
from cinecote_api.explanations import index_keeper
from cinecote_api.schemas import ExplanationAnswer

FILM = {"revenue": 150e6, "budget": 30e6, "vote_count": 5200, "runtime": 121}
INPUTS = ["revenue", "budget", "vote_count", "runtime", "release_year"]
MANY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def films_api(
    database: Engine, registry: Any, make_model: Callable[..., Path], make_client: Callable[..., TestClient],
    tmp_path: Path, eventually: Callable[[Callable[[], bool]], None], add_film: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[tuple[TestClient, list[int]]]:  # fmt: skip
    """An API over seven films, whose index is complete, and the films' ids."""
    ids = [
        add_film(f"Film {number}", runtime=90 + number, vote_count=100, release_date=date(1999, 1, 1))
        for number in range(6)
    ]
    ids.append(add_film("All", runtime=121, vote_count=5200, revenue=150_000_000, budget=30_000_000))
    registry.promote(make_model(tmp_path / "model"), 1)
    # A look that took too long, as one can on a busy machine, is made again after these: half a minute and more.
    monkeypatch.setattr(index_keeper, "_SECONDS_BETWEEN_LOOKS", 0.5)
    monkeypatch.setattr(index_keeper, "_REST", 1)
    with make_client(tmp_path, database_url=database.url.render_as_string(hide_password=False)) as client:
        eventually(lambda: client.get("/readyz").status_code == 200)
        eventually(lambda: bool(client.post("/v1/explanations", json={"runtime": 90}).json()["neighbours"]))
        yield client, ids


def _sums(said: Any) -> dict[str, float]:
    return {key: said["base"][key] + sum(each["shares"][key] for each in said["inputs"]) for key in CATEGORIES}


def test_base_and_shares_add_up_to_the_probabilities_that_a_prediction_gives(api: TestClient) -> None:
    predicted = api.post("/v1/predictions", json=FILM)

    answer = api.post("/v1/explanations", json=FILM)

    ExplanationAnswer.model_validate_json(answer.content, strict=True)
    said = answer.json()
    assert (answer.headers["X-Model-Version"], answer.headers["X-Model-Role"]) == ("7", "champion")
    assert said["category"] == predicted.json()["category"]
    assert said["probabilities"] == pytest.approx(predicted.json()["probabilities"], abs=1e-9)
    assert _sums(said) == pytest.approx(said["probabilities"], abs=1e-6)
    assert sum(said["base"].values()) == pytest.approx(1)
    assert said["model"] == {"name": "film-category", "version": "7"}
    assert list(said) == ["category", "probabilities", "base", "inputs", "neighbours", "flip", "model"]


def test_every_accepted_input_is_listed_and_one_that_the_model_does_not_use_has_share_0(api: TestClient) -> None:
    said = api.post("/v1/explanations", json={"budget": 30e6, "release_year": 1999, "runtime": 0}).json()

    assert [(each["name"], each["value"]) for each in said["inputs"]] == [
        ("revenue", None), ("budget", 30e6), ("vote_count", None), ("runtime", None), ("release_year", 1999.0),
    ]  # fmt: skip
    assert said["inputs"][4]["shares"] == dict.fromkeys(CATEGORIES, 0.0)
    assert all(any(each["shares"].values()) for each in said["inputs"][:4])


def test_a_model_of_five_inputs_shares_among_five_in_whatever_order_it_takes_them(
    registry: Any, make_model: Callable[..., Path], make_client: Callable[..., TestClient], tmp_path: Path,
    eventually: Callable[[Callable[[], bool]], None],
) -> None:  # fmt: skip
    registry.promote(make_model(tmp_path / "model", inputs=INPUTS[::-1]), 1)

    with make_client(tmp_path) as client:
        eventually(lambda: client.get("/readyz").status_code == 200)
        said = client.post("/v1/explanations", json=FILM | {"release_year": 1950}).json()

    assert [each["name"] for each in said["inputs"]] == INPUTS
    assert any(said["inputs"][4]["shares"].values())
    assert _sums(said) == pytest.approx(said["probabilities"], abs=1e-6)


def test_the_change_told_changes_the_category(api: TestClient) -> None:
    films: list[dict[str, float]] = [
        FILM,
        {"budget": 1e6},
        {"vote_count": 10, "runtime": 60},
        {"revenue": 1e9, "vote_count": 0},
    ]

    flips = [(film, api.post("/v1/explanations", json=film).json()) for film in films]

    assert any(said["flip"] for _, said in flips)
    for film, said in flips:
        if said["flip"]:
            name, to = said["flip"]["input"], said["flip"]["to"]
            assert said["flip"]["from"] == film[name]
            changed = api.post("/v1/predictions", json=film | {name: to}).json()
            assert changed["category"] == said["flip"]["category"] != said["category"]


def test_neighbours_are_the_nearest_films_of_which_as_much_is_known(films_api: tuple[TestClient, list[int]]) -> None:
    client, ids = films_api

    runtime = client.post("/v1/explanations", json={"runtime": 92}).json()["neighbours"]
    whole = client.post("/v1/explanations", json=FILM).json()["neighbours"]

    assert [each["film"]["id"] for each in runtime] == [ids[place] for place in (2, 3, 1, 4, 0)]
    assert runtime[0]["distance"] == 0
    assert [each["distance"] for each in runtime] == sorted(each["distance"] for each in runtime)
    assert [(each["film"]["id"], each["distance"]) for each in whole] == [(ids[6], 0)]
    assert {**runtime[0]["film"], "training": "not_counted"} == client.get(f"/v1/films/{ids[2]}").json()


def test_metrics_tell_when_the_films_were_last_those_that_are_compared_with(
    films_api: tuple[TestClient, list[int]], api: TestClient
) -> None:
    client, _ = films_api
    name = "cinecote_film_index_timestamp_seconds"

    [told] = [line for line in client.get("/metrics").text.splitlines() if line.startswith(name)]

    assert time.time() - 15 < float(told.rpartition(" ")[2]) <= time.time()
    assert f"\n{name}" not in api.get("/metrics").text


# A MySQL server isn't the test's own to stop.
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_without_a_database_there_are_no_neighbours_and_the_rest_is_answered(
    films_api: tuple[TestClient, list[int]], api: TestClient, tmp_path: Path, database: Engine
) -> None:
    client, _ = films_api
    (tmp_path / "cinecote.db").rename(tmp_path / "gone.db")

    gone = client.post("/v1/explanations", json=FILM)
    never = api.post("/v1/explanations", json=FILM)

    assert [answer.status_code for answer in (gone, never)] == [200, 200]
    assert [answer.json()["neighbours"] for answer in (gone, never)] == [[], []]
    assert _sums(gone.json()) == pytest.approx(gone.json()["probabilities"], abs=1e-6)


def test_explanations_are_counted_as_requests_and_not_as_predictions(api: TestClient) -> None:
    def count(start: str) -> float:
        lines = api.get("/metrics").text.splitlines()
        return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(start))

    names = (
        'http_request_duration_seconds_count{method="POST",route="/v1/explanations",status="200"}',
        "cinecote_predictions_total",
        "cinecote_input_count",
    )
    before = [count(name) for name in names]

    api.post("/v1/explanations", json=FILM)

    assert [count(name) - was for name, was in zip(names, before, strict=True)] == [1, 0, 0]


@given(
    film=st.dictionaries(
        st.sampled_from(INPUTS),
        st.none() | st.integers(-1, 10**11) | st.floats(0, 2100) | st.sampled_from([0, 1, 999, 1000, 1888, 1e8, 1e11]),
    )
)
@MANY
def test_whatever_can_be_predicted_can_be_explained(api: TestClient, film: dict[str, Any]) -> None:
    content = json.dumps(film)
    headers = {"Content-Type": "application/json"}
    predicted = api.post("/v1/predictions", content=content, headers=headers)

    answer = api.post("/v1/explanations", content=content, headers=headers)

    assert answer.status_code == predicted.status_code
    if answer.status_code == 200:
        assert _sums(answer.json()) == pytest.approx(predicted.json()["probabilities"], abs=1e-6)
    else:
        assert answer.json() == predicted.json()
