import logging
from typing import Any

import pytest
from flask.testing import FlaskClient

from cinecote.logs import configure_logs
from cinecote_web.api_client import ApiClient
from cinecote_web.main import create_app


def count(browser: FlaskClient, labels: str) -> float:
    for line in browser.get("/metrics").text.splitlines():
        if line.startswith(f"http_request_duration_seconds_count{{{labels}}}"):
            return float(line.rpartition(" ")[2])
    return 0


@pytest.mark.parametrize(
    ("address", "route", "status"),
    [
        ("/?vote_count=7", "/", 200),
        ("/?vote_count=x", "/", 422),
        ("/films?search=up", "/films", 200),
        ("/static/base.css", "/static/<path:filename>", 200),
        ("/no/such/page", "unmatched", 404),
        ("/another", "unmatched", 404),
    ],
)
def test_every_request_is_counted_once_under_its_route(
    browser: FlaskClient, address: str, route: str, status: int
) -> None:
    browser.get(address).close()
    browser.get(address).close()

    assert count(browser, f'method="GET",route="{route}",status="{status}"') == 2


def test_invented_methods_share_one_label(browser: FlaskClient) -> None:
    browser.open("/", method="BREW")

    assert count(browser, 'method="other",route="unmatched",status="405"') == 1


def test_each_page_has_metrics_of_its_own(api_address: str) -> None:
    with ApiClient(api_address, seconds=5) as api:
        first, second = (create_app(api).test_client() for _ in range(2))
        first.get("/")

        assert count(first, 'method="GET",route="/",status="200"') == 1
        assert count(second, 'method="GET",route="/",status="200"') == 0


def test_a_request_s_name_goes_to_the_api_and_back_to_the_visitor(
    browser: FlaskClient, asked: list[dict[str, Any]]
) -> None:
    response = browser.get("/", headers={"X-Request-ID": "abc-123"})

    assert response.headers["X-Request-ID"] == "abc-123"
    assert asked[0]["headers"]["X-Request-ID"] == "abc-123"


def test_metrics_tell_whether_the_api_answers_now(browser: FlaskClient, replies: dict[str, tuple[int, object]]) -> None:
    assert "cinecote_ready 1.0" in browser.get("/metrics").text
    replies["/readyz"] = 502, {}
    assert "cinecote_ready 0.0" in browser.get("/metrics").text


def test_where_there_is_no_api_metrics_are_told_all_the_same() -> None:
    with ApiClient("http://127.0.0.1:1", seconds=1) as api:
        browser = create_app(api).test_client()

        assert "cinecote_ready 0.0" in browser.get("/metrics").text


@pytest.mark.parametrize("name", ["", "a" * 129, "été", "a b"])
def test_an_unusable_name_is_replaced(browser: FlaskClient, name: str) -> None:
    named = browser.get("/livez", headers={"X-Request-ID": name.encode().decode("latin-1")}).headers["X-Request-ID"]

    assert named != name
    assert named.isalnum()


def test_a_request_is_one_line_in_the_log_without_what_was_typed(
    browser: FlaskClient, capfd: pytest.CaptureFixture[str]
) -> None:
    configure_logs("web", form="json")

    browser.get("/?vote_count=123456")

    lines = [line for line in capfd.readouterr().err.splitlines() if '"event": "request"' in line]
    assert len(lines) == 1
    assert '"route": "/"' in lines[0]
    assert '"status": 200' in lines[0]
    assert "123456" not in lines[0]
    logging.getLogger().handlers.clear()


def test_a_fault_of_ours_is_a_page_without_a_trace_and_an_error_in_the_log(
    api_address: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ApiClient(api_address, seconds=5) as api:
        monkeypatch.setattr(api, "predict", lambda *_: 1 / 0)

        response = create_app(api).test_client().get("/?vote_count=7")

    assert response.status_code == 500
    assert "Erreur de notre côté" in response.text
    assert "ZeroDivisionError" not in response.text
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
    assert any(record.exc_info and record.exc_info[0] is ZeroDivisionError for record in caplog.records)
