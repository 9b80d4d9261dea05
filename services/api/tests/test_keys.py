"""Keys and rates: who may ask for what, and how often."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from cinecote_api.access.keys import make_key, read_keys
from cinecote_api.access.rate_limits import RateLimit

FILM = {"budget": 30e6}
PREDICTING, PREDICT_KEY = make_key("partner", ["predict"])
READING, READ_KEY = make_key("reporter", ["read"])
RULING, ADMIN_KEY = make_key("us", ["admin"])
Make = Callable[..., TestClient]


@pytest.fixture
def opened(
    make_client: Make, registry: Any, make_model: Callable[..., Path], tmp_path: Path, eventually: Any
) -> Iterator[Callable[..., TestClient]]:
    """Makes the API with these settings, and a model."""
    registry.promote(make_model(tmp_path / "model"), 1)
    clients: list[TestClient] = []

    def make(**settings: Any) -> TestClient:
        client = make_client(tmp_path, **settings)
        clients.append(client.__enter__())
        eventually(lambda: client.get("/readyz").status_code == 200)
        return client

    yield make
    for client in clients:
        client.__exit__(None, None, None)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def status(client: TestClient, method: str, path: str, token: str | None = None) -> int:
    body = {"json": FILM} if method == "POST" else {}
    return client.request(method, path, headers=bearer(token) if token else {}, **body).status_code  # type: ignore[arg-type]


def test_without_keys_admin_alone_is_closed(opened: Make) -> None:
    client = opened()

    assert status(client, "POST", "/v1/predictions") == 200
    assert status(client, "GET", "/v1/model") == 200
    assert status(client, "POST", "/v1/model/reload") == 403
    # A proxy may send a password of its own.
    assert client.get("/v1/model", headers={"Authorization": "Basic dTpw"}).status_code == 200


@pytest.mark.parametrize(
    ("token", "predicting", "reading", "ruling"),
    [(None, 401, 401, 401), (PREDICTING, 200, 403, 403), (READING, 403, 200, 403), ("cine_guessed", 401, 401, 401)],
)
def test_with_keys_each_opens_its_scopes(
    opened: Make, token: str | None, predicting: int, reading: int, ruling: int
) -> None:
    client = opened(api_keys=f"{PREDICT_KEY} {READ_KEY}\n{ADMIN_KEY}")

    assert status(client, "POST", "/v1/predictions", token) == predicting
    assert status(client, "GET", "/v1/model", token) == reading
    assert status(client, "HEAD", "/v1/model", token) == reading
    assert status(client, "POST", "/v1/model/reload", token) == ruling


def test_admin_includes_the_others_and_leaves_them_open(opened: Make) -> None:
    client = opened(api_keys=str(ADMIN_KEY))

    assert status(client, "POST", "/v1/predictions") == 200
    assert status(client, "POST", "/v1/predictions", RULING) == 200
    assert status(client, "GET", "/v1/model", RULING) == 200
    assert status(client, "POST", "/v1/model/reload") == 401
    assert status(client, "POST", "/v1/model/reload", RULING) not in (401, 403)


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/metrics", "/docs", "/openapi.json"])
def test_probes_metrics_and_documentation_need_no_key(opened: Make, path: str) -> None:
    client = opened(api_keys=str(PREDICT_KEY), rate_limit_address=0.001)

    assert [status(client, "GET", path) for _ in range(3)] == [200] * 3


def test_an_unknown_address_tells_nobody_without_a_key_that_it_is_unknown(opened: Make) -> None:
    client = opened(api_keys=str(PREDICT_KEY))

    assert status(client, "GET", "/v1/secrets") == 401


@pytest.mark.parametrize(
    "sent",
    [
        "Bearer",
        "Bearer ",
        f"Basic {PREDICTING}",
        f"bearer {PREDICTING}x",
        f"Bearer {PREDICTING},{PREDICTING}",
        "Bearer é",
    ],
)
def test_what_is_no_key_is_refused_without_repeating_it(opened: Make, sent: str) -> None:
    client = opened(api_keys=str(PREDICT_KEY))

    answer = client.post("/v1/predictions", json=FILM, headers={b"Authorization": sent.encode()})

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert PREDICTING not in answer.text


def test_a_key_that_asks_too_fast_is_told_when_to_come_back(opened: Make) -> None:
    client = opened(api_keys=f"{PREDICT_KEY} {READ_KEY}", rate_limit_key=0.1)

    assert status(client, "POST", "/v1/predictions", PREDICTING) == 200
    answer = client.post("/v1/predictions", json=FILM, headers=bearer(PREDICTING))

    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 10
    assert status(client, "GET", "/v1/model", READING) == 200


def test_an_address_is_the_one_that_our_own_proxy_tells(opened: Make) -> None:
    # The test's client has no address that could be a network's.
    client = opened(rate_limit_address=0.1)

    assert status(client, "POST", "/v1/predictions") == 200
    assert client.post("/v1/predictions", json=FILM, headers={"X-Forwarded-For": "192.0.2.9"}).status_code == 429


def test_two_seconds_worth_may_come_at_once_and_then_the_rate() -> None:
    now = [100.0]
    limit = RateLimit(5, clock=lambda: now[0])

    assert [limit.seconds_to_wait("a") for _ in range(10)] == [0] * 10
    assert limit.seconds_to_wait("a") == 1
    assert limit.seconds_to_wait("b") == 0
    now[0] += 0.2
    assert limit.seconds_to_wait("a") == 0
    assert limit.seconds_to_wait("a") == 1


def test_callers_without_number_take_no_memory_without_bound() -> None:
    limit = RateLimit(1)

    for number in range(25_000):
        limit.seconds_to_wait(str(number))

    assert len(limit._left) == 10_000


def test_the_command_makes_a_key_that_is_accepted() -> None:
    command = [str(Path(sys.executable).with_name("cinecote-key")), "partner", "read", "predict"]

    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout

    token, entry = (line.split()[-1] for line in said.splitlines())
    found = read_keys(entry).find(token.encode())
    assert found is not None
    assert (found.name, sorted(found.scopes)) == ("partner", ["predict", "read"])
    assert token not in entry


@pytest.mark.parametrize(
    "entry",
    ["partner", "partner:predict:abc", f"partner:write:{'0' * 64}", f"a b:read:{'0' * 64}", f"{READ_KEY} {READ_KEY}"],
)
def test_an_entry_that_is_no_key_is_named_by_its_place(entry: str) -> None:
    with pytest.raises(ValueError, match=r"entry 1|one name"):
        read_keys(entry)
