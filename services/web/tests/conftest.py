"""The page in front of a small api of the tests' own."""

import threading
from collections.abc import Callable, Iterator
from http.server import ThreadingHTTPServer
from queue import SimpleQueue
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache

from cinecote_web.api_client import ApiClient
from cinecote_web.main import create_app

from .fake_api import FakeApi, handler
from .fake_data import ADMIN_KEY, AVATAR, CARD, NASTY, UNKNOWN, film


@pytest.fixture
def films() -> list[dict[str, Any]]:
    sequels = [film(100 + n, f"Suite {n}", vote_count=500 - n, category="moyen") for n in range(45)]
    return [AVATAR, *sequels, NASTY, UNKNOWN]


@pytest.fixture
def card() -> dict[str, Any]:
    """What the fake api says of its model."""
    return CARD


@pytest.fixture
def admin_key() -> str:
    """The key that the fake api takes for an admin's."""
    return ADMIN_KEY


@pytest.fixture
def replies() -> dict[str, tuple[int, object]]:
    """Answers that take the place of the fake's own, by path."""
    return {}


@pytest.fixture
def fake_api(films: list[dict[str, Any]], replies: dict[str, tuple[int, object]]) -> FakeApi:
    api = FakeApi(films, replies)
    api.gate.set()
    return api


@pytest.fixture
def asked(fake_api: FakeApi) -> list[dict[str, Any]]:
    """What the api was asked, in order."""
    return fake_api.asked


@pytest.fixture
def arrivals(fake_api: FakeApi) -> SimpleQueue[str]:
    """The paths that the api is asked at, as they come."""
    return fake_api.arrivals


@pytest.fixture
def gate(fake_api: FakeApi) -> threading.Event:
    """While this isn't set, the api keeps its answers back."""
    return fake_api.gate


@pytest.fixture
def api_address(fake_api: FakeApi) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), handler(fake_api)) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="session")
def make_app(tmp_path_factory: pytest.TempPathFactory) -> Callable[[ApiClient], Flask]:
    """The page in front of an api; its templates are compiled once for all tests, which was half of their time."""
    compiled = FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))

    def make(api: ApiClient) -> Flask:
        app = create_app(api)
        app.jinja_env.bytecode_cache = compiled
        return app

    return make


@pytest.fixture
def browser(api_address: str, make_app: Callable[[ApiClient], Flask]) -> Iterator[FlaskClient]:
    with ApiClient(api_address, seconds=5) as api:
        yield make_app(api).test_client()


@pytest.fixture
def see(browser: FlaskClient) -> Callable[..., BeautifulSoup]:
    """The page at an address, which must answer with the status that is expected."""

    def look(address: str, status: int = 200) -> BeautifulSoup:
        response = browser.get(address)
        assert response.status_code == status, response.text
        return BeautifulSoup(response.text, "html.parser")

    return look
