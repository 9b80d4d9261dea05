"""What a log says of a fault, where every component's libraries are at hand, Rich among them."""

import subprocess
import sys

import pytest

FAILING = """
import rich, structlog, sys
from cinecote.logs import configure_logs
configure_logs("api", form=sys.argv[1])

def read(key):
    raise OSError("no such row")

try:
    read("s3c" + "r3t")
except OSError:
    structlog.stdlib.get_logger("here").exception("unexpected")
"""


@pytest.mark.parametrize("form", ["json", "text"])
def test_a_fault_is_told_with_where_it_happened_and_not_with_what_was_worked_on(form: str) -> None:
    done = subprocess.run([sys.executable, "-c", FAILING, form], check=True, capture_output=True, text=True)

    assert "in read" in done.stderr
    assert "OSError: no such row" in done.stderr
    assert "s3cr3t" not in done.stderr
