"""How an explanation tells a film's probabilities along one of its inputs."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from cinecote_api.explanations.along import MOST_POINTS
from cinecote_api.schemas import ExplanationAnswer

FILM = {"revenue": 150e6, "budget": 30e6, "vote_count": 5200, "runtime": 121}
EXPLANATIONS = "/v1/explanations"


def counted(api: TestClient) -> list[str]:
    return [line for line in api.get("/metrics").text.splitlines() if line.startswith("cinecote_predictions_total")]


@pytest.mark.parametrize(("name", "values"), [("budget", [1000, 30e6, 1e11]), ("vote_count", [0.0]), ("runtime", [1])])
def test_each_value_has_the_probabilities_that_a_film_with_it_has(
    api: TestClient, name: str, values: list[float]
) -> None:
    asked = {"along": name, "values": ",".join(map(str, values))}

    answer = api.post(EXPLANATIONS, json=FILM, params=asked)

    ExplanationAnswer.model_validate_json(answer.content, strict=True)
    along = answer.json()["along"]
    assert [point["value"] for point in along] == values
    for point in along:
        predicted = api.post("/v1/predictions", json={**FILM, name: point["value"]}).json()
        assert point["probabilities"] == pytest.approx(predicted["probabilities"], abs=1e-9)


def test_an_input_of_which_nothing_was_said_has_values_too(api: TestClient) -> None:
    said = api.post(EXPLANATIONS, json={"runtime": 90}, params={"along": "budget", "values": "1e6,2e6"}).json()

    assert [point["value"] for point in said["along"]] == [1e6, 2e6]
    assert next(each["value"] for each in said["inputs"] if each["name"] == "budget") is None


def test_an_explanation_is_otherwise_the_same_and_no_film_is_counted(api: TestClient) -> None:
    before = counted(api)
    plain = api.post(EXPLANATIONS, json=FILM).json()

    along = api.post(EXPLANATIONS, json=FILM, params={"along": "budget", "values": "5e6"}).json()

    assert "along" not in plain
    assert {name: said for name, said in along.items() if name != "along"} == plain
    assert counted(api) == before


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"along": "genre", "values": "1"}, "?along"),
        ({"values": "1000"}, "?along"),
        ({"along": "budget"}, "?values"),
        ({"along": "budget", "values": ""}, "?values"),
        ({"along": "budget", "values": "1e6,much"}, "?values"),
        ({"along": "budget", "values": "1e6,NaN"}, "?values"),
        ({"along": "budget", "values": "1e6,-1"}, "?values"),
        ({"along": "budget", "values": "999"}, "?values"),
        ({"along": "budget", "values": "1e12"}, "?values"),
        ({"along": "budget", "values": "1e999"}, "?values"),
        ({"along": "budget", "values": "true"}, "?values"),
        ({"along": "budget", "values": "1e6],[1"}, "?values"),
        ({"along": "budget", "values": ",".join(["1e6"] * (MOST_POINTS + 1))}, "?values"),
        ({"across": "budget"}, "?across"),
    ],
)
def test_what_can_not_be_told_is_named(api: TestClient, asked: dict[str, str], pointer: str) -> None:
    answer = api.post(EXPLANATIONS, json=FILM, params=asked)

    problem: dict[str, Any] = answer.json()
    assert (answer.status_code, [fault["pointer"] for fault in problem["errors"]]) == (422, [pointer])


def test_before_its_release_a_film_has_no_curve_along_its_votes(api: TestClient) -> None:
    asked = {"along": "vote_count", "values": "10"}

    answer = api.post(EXPLANATIONS, json={"budget": 30e6, "when": "before"}, params=asked)

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "?along")
