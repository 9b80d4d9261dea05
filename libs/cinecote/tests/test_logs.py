"""What a log line looks like, by the form asked for and by where it goes."""

import json
import subprocess
import sys

import pytest

PROGRAM = """
import sys, structlog
from cinecote.logs import configure_logs
configure_logs("api", form=sys.argv[1])
structlog.stdlib.get_logger("here").warning("listening", port=8000)
"""


def said(form: str) -> str:
    """What a process writes whose standard error is a pipe."""
    done = subprocess.run([sys.executable, "-c", PROGRAM, form], check=True, capture_output=True, text=True)
    return done.stderr


@pytest.mark.parametrize("form", ["json", "auto"])
def test_a_pipe_gets_an_object_a_line(form: str) -> None:
    line = json.loads(said(form))

    assert (line["component"], line["level"], line["event"], line["port"]) == ("api", "warning", "listening", 8000)
    assert line["timestamp"].endswith("Z")


def test_text_in_a_pipe_has_no_colours() -> None:
    line = said("text")

    assert "listening" in line
    assert "port=8000" in line
    assert "\x1b" not in line
