"""The page in a real Chromium, in front of the fake api."""

import shutil
import threading
from collections.abc import Callable, Iterator
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import pytest
from flask import Flask
from playwright.sync_api import Browser, Error, Page, Request, sync_playwright
from werkzeug.serving import make_server

from cinecote_web.api_client import ApiClient

NAMES = ("chromium", "chromium-browser", "google-chrome")
NETWORK_CHANGED = "ERR_NETWORK_CHANGED"
LOADS = 5
Visit = Callable[..., Page]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip("there is no browser: none of chromium, chromium-browser, google-chrome is found")
    with sync_playwright() as playwright:
        # A container's root has no sandbox to make.
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


@pytest.fixture
def served(api_address: str, make_app: Callable[[ApiClient], Flask]) -> Iterator[str]:
    """The page's address."""
    with ApiClient(api_address, seconds=30) as api:
        server = make_server("127.0.0.1", 0, _whole(make_app(api)), threaded=True)
        serving = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        serving.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        serving.join()
        server.server_close()


def _whole(page: WSGIApplication) -> WSGIApplication:
    """Gives every answer in one part: of one that the browser doesn't wait for, this server leaves the file open."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        parts = page(environ, start_response)
        try:
            return [b"".join(parts)]
        finally:
            getattr(parts, "close", lambda: None)()

    return answer


def load(page: Page, address: str) -> None:
    """Go to the address, again where something of the page didn't come because of a network of this machine.

    Chromium gives up what it is loading whenever one comes or goes, as a cluster's do; a page without one of its style
    sheets is not the one that is meant.
    """
    lost: list[str] = []

    def note(request: Request) -> None:
        lost.append(request.failure or "")

    page.on("requestfailed", note)
    for _ in range(LOADS):
        lost.clear()
        try:
            page.goto(address)
        except Error as error:
            lost.append(error.message)
            if NETWORK_CHANGED not in error.message:
                raise
        if not any(NETWORK_CHANGED in reason for reason in lost):
            break
    page.remove_listener("requestfailed", note)


@pytest.fixture
def visit(chromium: Browser, served: str) -> Iterator[Visit]:
    """Opens the page at an address in a window of its own; a fault in its console fails the test."""
    contexts, faults = [], []

    def open_page(address: str, **options: object) -> Page:
        # A click waits for its button to rest, which takes a second and a half while the page scrolls smoothly to it.
        usual = {"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce"}
        context = chromium.new_context(**{"base_url": served, **usual, **options})  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        load(page, address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    # The browser notes every answer that isn't 200 there, and such answers are meant.
    meant = ("status of 4", "status of 503", NETWORK_CHANGED)
    assert [fault for fault in faults if not any(known in fault for known in meant)] == []
