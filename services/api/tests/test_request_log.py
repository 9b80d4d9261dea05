"""The line that every request leaves."""

import json
import subprocess
import sys

PROGRAM = """
import sys, structlog
from cinecote.logs import configure_logs
from cinecote_api.request_log import Request, RequestLog
level, form = sys.argv[1:]
configure_logs("api", level, form)
request = Request('mi"n\\\\e', "POST", "/v1/predictions", 200, 0.0012346, 1.79e9)
RequestLog("api", level, form).write([request])
structlog.stdlib.get_logger("cinecote_api.requests").info(
    "request", request_id='mi"n\\\\e', method="POST", route="/v1/predictions", status=200, duration_ms=1.235
)
"""


def lines(level: str, form: str) -> list[str]:
    """What a process writes that logs the same request in this way and in the general one."""
    done = subprocess.run([sys.executable, "-c", PROGRAM, level, form], check=True, capture_output=True, text=True)
    return done.stderr.splitlines()


def test_it_is_the_line_that_structlog_writes() -> None:
    own, general = map(json.loads, lines("INFO", "json"))

    assert own.pop("timestamp")[-1] == general.pop("timestamp")[-1] == "Z"
    assert own == general


def test_there_is_none_where_only_warnings_are_wanted() -> None:
    assert lines("WARNING", "json") == []


def test_people_get_text() -> None:
    own, general = lines("INFO", "text")

    assert own.partition("Z ")[2] == general.partition("Z ")[2]
    assert "route=/v1/predictions" in own
